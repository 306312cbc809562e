package override

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/expr"
)

// value is what a property gets: a text, or a list of texts. The zero value is nothing: the
// property counts as not written.
type value struct {
	text    string
	list    []string
	written bool
}

// isUTF8 says whether the value can stand in JSON: other bytes would become others there.
func (v value) isUTF8() bool {
	bad := func(item string) bool { return !utf8.ValidString(item) }
	return utf8.ValidString(v.text) && !slices.ContainsFunc(v.list, bad)
}

// reader computes the value of a property, or of an attribute that overrides it.
type reader interface {
	read(scope expr.Scope) (value, error)
	// parts are the texts that it is made of.
	parts() []*part
}

// part is a text that may hold expressions.
type part struct {
	*expr.Template
	option string // of saslJaasConfig, whose value it is
}

func compilePart(text string, place expr.Place) (*part, error) {
	compiled, err := expr.Compile(text, place)
	if err != nil {
		return nil, err
	}
	return &part{Template: compiled}, nil
}

// varies says that the value can differ among requests.
func (p *part) varies() bool {
	return p.Uses("request") || p.Uses("context") || p.Uses("subscription")
}

// words gives the value as a text; false for null.
func (p *part) words(scope expr.Scope) (string, bool, error) { return words(p.Value(scope)) }

func words(v expr.Value, err error) (string, bool, error) {
	if err != nil || v.IsNull() {
		return "", false, err
	}
	text, err := v.Text()
	return text, err == nil, err
}

// textReader reads a text.
type textReader struct{ part *part }

func (r textReader) read(scope expr.Scope) (value, error) {
	text, written, err := r.part.words(scope)
	return value{text: text, written: written}, err
}

func (r textReader) parts() []*part { return []*part{r.part} }

// patternReader reads a regular expression.
type patternReader struct{ textReader }

func (r patternReader) read(scope expr.Scope) (value, error) {
	text, written, err := words(r.part.Pattern(scope))
	return value{text: text, written: written}, err
}

// listReader reads a list. An item that is computed may be a list itself.
type listReader struct{ items []*part }

func (r listReader) read(scope expr.Scope) (value, error) {
	var list []string
	seen := map[string]bool{} // a request may choose thousands
	for i, item := range r.items {
		names, err := item.names(scope)
		if err != nil {
			return value{}, fmt.Errorf("item %d: %w", i+1, err)
		}
		for _, name := range names {
			if !seen[name] {
				seen[name], list = true, append(list, name)
			}
		}
	}
	return value{list: list, written: len(list) > 0}, nil
}

func (r listReader) parts() []*part { return r.items }

// names gives the value as a list of names.
func (p *part) names(scope expr.Scope) ([]string, error) {
	v, err := p.Names(scope)
	if err != nil {
		return nil, err
	}
	return v.Texts()
}
