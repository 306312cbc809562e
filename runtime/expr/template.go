package expr

import (
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// Template is a compiled text. It is safe for concurrent use.
type Template struct {
	parts  []part
	static string // the whole text, where nothing is computed
	uses   map[string]bool
	reads  reads
}

// part is literal text, or computed.
type part struct {
	literal string
	compute eval // nil for literal text
}

// Compile parses and checks a text. A text without parts {#…}, {(…)}, {T(…)…} is static. The
// error is a Faults with every problem; their offsets count bytes of the text.
func Compile(text string, place Place) (*Template, error) {
	t := &Template{}
	c := &compiler{place: place, uses: map[string]bool{}}
	rest := 0 // where the text starts that is not read yet
	for {
		open, end, fault := syntax.Part(text, rest)
		if fault != nil {
			c.faults = append(c.faults, Fault(*fault))
			break
		}
		if open == len(text) {
			break
		}
		t.add(text[rest:open])
		c.part(t, text, open, end)
		rest = end + 1
	}
	if len(c.faults) > 0 {
		return nil, c.inOrder()
	}
	t.uses = c.uses
	if len(t.parts) == 0 {
		t.static = text
		return t, nil
	}
	t.add(text[rest:])
	return t, nil
}

// part compiles the text between { and }.
func (c *compiler) part(t *Template, text string, open, end int) {
	n, fault := syntax.Parse(text, open+1, end)
	if fault != nil {
		c.faults = append(c.faults, Fault(*fault))
		return
	}
	t.reads.collect(n)
	compute, on := c.node(n)
	if on.Kind == value.Structure {
		c.fail(n.Offset, "%s is no text: name one of its properties", on.Name)
	}
	t.parts = append(t.parts, part{compute: compute})
}

func (t *Template) add(literal string) {
	if literal != "" {
		t.parts = append(t.parts, part{literal: literal})
	}
}

// Static gives the text of a template in which nothing is computed.
func (t *Template) Static() (string, bool) { return t.static, len(t.parts) == 0 }

// Whole says whether the text is one part and nothing else, so that Value can be something else
// than a text.
func (t *Template) Whole() bool { return len(t.parts) == 1 && t.parts[0].compute != nil }

// Uses says whether a variable, named without "#", stands in the text.
func (t *Template) Uses(variable string) bool { return t.uses[variable] }

// Text computes the text: null is nothing, a list is joined by commas. Errors are an
// *EvaluationError; a limit is ErrLimit.
func (t *Template) Text(scope Scope) (string, error) {
	if len(t.parts) == 0 {
		return t.static, nil
	}
	s := begin(scope)
	defer s.end()
	if len(t.parts) == 1 {
		v, err := t.parts[0].compute(s)
		if err != nil {
			return "", err
		}
		text, err := value.Written(&s.Budget, v)
		return text, placed(0, err)
	}
	var b strings.Builder
	for _, p := range t.parts {
		if err := s.join(&b, p); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// join appends one part.
func (s *state) join(b *strings.Builder, p part) error {
	if p.compute == nil {
		return placed(0, value.Append(&s.Budget, b, p.literal))
	}
	v, err := p.compute(s)
	if err != nil {
		return err
	}
	return placed(0, value.Write(&s.Budget, b, v))
}

// Value computes the value of a text that is one part and nothing else; of any other text it
// is the text.
func (t *Template) Value(scope Scope) (Value, error) { return t.value(scope, false) }

func (t *Template) value(scope Scope, grants bool) (Value, error) {
	if !t.Whole() {
		text, err := t.Text(scope)
		return value.OfText(text), err
	}
	s := begin(scope)
	defer s.end()
	s.grants = grants
	return t.parts[0].compute(s)
}

// Bool computes a condition. The texts true, on, yes, 1 and their opposites are booleans too.
func (t *Template) Bool(scope Scope) (bool, error) { return t.flag(scope, false) }

// Grants is Bool for a condition that lets callers in. There null has no order, and two values that
// are both missing are not equal, unless one is written as null: both are errors. Null is before
// everything else in the language, so a claim that a caller lacks would be below every limit.
func (t *Template) Grants(scope Scope) (bool, error) { return t.flag(scope, true) }

func (t *Template) flag(scope Scope, grants bool) (bool, error) {
	v, err := t.value(scope, grants)
	if err != nil {
		return false, err
	}
	ok, err := value.Flag(v)
	return ok, placed(0, err)
}
