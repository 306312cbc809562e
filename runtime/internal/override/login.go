package override

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/jaas"
	"github.com/penstock-dev/penstock/schema"
)

// loginReader reads a JAAS text. The text was parsed before anything is computed, and is written
// again with the values of its options: no value can add an option.
type loginReader struct {
	entries []jaas.Entry
	options [][]*part // by entry and option
}

// compileLogin compiles saslJaasConfig. A text that is one expression as a whole is computed, then
// parsed by who uses it.
func compileLogin(text string, place expr.Place) (reader, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "{") && schema.IsExpression(text) {
		whole, err := compilePart(strings.TrimSpace(text), place)
		if err != nil {
			return nil, err
		}
		if !whole.Whole() {
			return nil, errors.New("an expression stands for the whole text or for the value of an option")
		}
		return textReader{whole}, nil
	}
	entries, err := jaas.Parse(text)
	if err != nil {
		return nil, err
	}
	r := loginReader{entries: entries, options: make([][]*part, len(entries))}
	var problems []error
	for i, entry := range entries {
		if schema.IsExpression(entry.Module) {
			problems = append(problems, errors.New("the login module cannot be an expression"))
		}
		for _, option := range entry.Options {
			if schema.IsExpression(option.Name) {
				problems = append(problems, errors.New("the name of an option cannot be an expression"))
				continue
			}
			value, err := compilePart(option.Value(), place)
			if err != nil {
				problems = append(problems, fmt.Errorf("option %s: %w", option.Name, err))
				continue
			}
			value.option = option.Name
			r.options[i] = append(r.options[i], value)
		}
	}
	return r, errors.Join(problems...)
}

// read gives the text. An option whose value is null is left out.
func (r loginReader) read(scope expr.Scope) (value, error) {
	var b strings.Builder
	for i, entry := range r.entries {
		made := jaas.Entry{Module: entry.Module, Flag: entry.Flag}
		for j, option := range r.options[i] {
			text, written, err := option.words(scope)
			if err != nil {
				return value{}, fmt.Errorf("option %s: %w", option.option, err)
			}
			if written {
				made.Options = append(made.Options, entry.Options[j].WithValue(text))
			}
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(jaas.Format(made))
	}
	return value{text: b.String(), written: true}, nil
}

func (r loginReader) parts() []*part { return slices.Concat(r.options...) }
