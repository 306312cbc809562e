package topics

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// maxValue is the longest value of a parameter without an enumeration.
const maxValue = 64

// Template is a topic name with {param} parts, parsed. Safe for concurrent use.
type Template struct {
	texts  []string // one more than params: text, param, text
	params []param
	fixed  []string // the only name, when there are no parameters
}

type param struct {
	name, value string // value: the default
	enum        []string
	hasDefault  bool
}

// Parse reads a template. Its parameters must be declared; a name without parameters must be
// legal and not internal.
func Parse(t endpoint.Topic) (*Template, error) {
	parsed := &Template{}
	rest := t.Template
	for {
		text, after, found := strings.Cut(rest, "{")
		parsed.texts = append(parsed.texts, text)
		if !found {
			break
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			return nil, fmt.Errorf("topic %q: %q is not closed", t.Template, "{"+after)
		}
		i := slices.IndexFunc(t.Params, func(p endpoint.Param) bool { return p.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("topic %q: parameter %q is not declared", t.Template, name)
		}
		value, hasDefault := t.Defaults[name]
		parsed.params = append(parsed.params, param{
			name: name, enum: t.Params[i].Enum, value: value, hasDefault: hasDefault,
		})
		rest = tail
	}
	if len(parsed.params) == 0 {
		if err := checkUse(t.Template); err != nil {
			return nil, err
		}
		parsed.fixed = []string{t.Template}
	}
	return parsed, nil
}

// Fill gives the name for the path parameters of a request, as a list of one that must not be
// changed. A value must be in the parameter's enumeration, or without one be [A-Za-z0-9_-]{1,64}.
// A parameter that the path does not have takes its default. The error is a core.Error with
// CodeInvalidRequest.
func (t *Template) Fill(params map[string]string) ([]string, error) {
	if t.fixed != nil {
		return t.fixed, nil
	}
	var name strings.Builder
	name.WriteString(t.texts[0])
	for i, p := range t.params {
		value, err := p.fill(params)
		if err != nil {
			return nil, core.NewError(core.CodeInvalidRequest, err.Error())
		}
		name.WriteString(value)
		name.WriteString(t.texts[i+1])
	}
	if err := checkUse(name.String()); err != nil {
		return nil, core.NewError(core.CodeInvalidRequest, err.Error())
	}
	return []string{name.String()}, nil
}

func (p param) fill(params map[string]string) (string, error) {
	value, given := params[p.name]
	if !given {
		if !p.hasDefault {
			return "", fmt.Errorf("path parameter %q is missing", p.name)
		}
		value = p.value
	}
	if p.enum != nil {
		if !slices.Contains(p.enum, value) {
			return "", fmt.Errorf("path parameter %q is not one of %s", p.name, strings.Join(p.enum, ", "))
		}
		return value, nil
	}
	if value == "" || len(value) > maxValue || strings.ContainsFunc(value, func(c rune) bool { return !isWord(c) }) {
		return "", fmt.Errorf("path parameter %q does not match [A-Za-z0-9_-]{1,%d}", p.name, maxValue)
	}
	return value, nil
}

func checkUse(name string) error {
	if err := Check(name); err != nil {
		return err
	}
	if Internal(name) {
		return fmt.Errorf("topic %q is internal to Kafka", name)
	}
	return nil
}
