package expr

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// maxPattern is the length of a regular expression that is known only at run time, in bytes.
const maxPattern = 1 << 10

// matcher is a compiled regular expression with what it costs.
type matcher struct {
	*regexp.Regexp
	size int // instructions of its program; 0 where it is a plain text
}

// pattern compiles a regular expression (RE2). A whole one matches the whole text, as Java's
// String.matches does.
func pattern(text string, whole bool) (*matcher, error) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, patternError(text, err)
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, patternError(text, err)
	}
	if whole {
		end := `)\z`
		if _, err := syntax.Parse(`(?:`+text+`)`, syntax.Perl); err != nil {
			end = `\E)\z` // the text quotes up to its end, by \Q
		}
		text = `\A(?:` + text + end
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, patternError(text, err)
	}
	size := len(program.Inst)
	if _, plain := re.LiteralPrefix(); plain {
		size = 0
	}
	return &matcher{re, size}, nil
}

// cost is how many steps it takes to look through a text once: the time grows with the product
// of both sizes.
func (m *matcher) cost(text string) int { return 1 + len(text)>>10 + len(text)*m.size>>12 }

// all finds the places of a text that match, from left to right. Each search may look through the
// rest of the text.
func (m *matcher) all(s *state, text string) ([][]int, error) {
	cost, most := 0, maxPieces
	if m.size > 0 {
		cost = m.cost(text)
		most = min(most, (maxSteps-s.steps)/cost)
	}
	places := m.FindAllStringIndex(text, most+1)
	switch s.steps += len(places) * cost; {
	case len(places) > maxPieces:
		return nil, errBytes
	case len(places) > most:
		return nil, errSteps
	}
	return places, s.work(m, text)
}

// work counts one look through a text.
func (s *state) work(m *matcher, text string) error {
	s.steps += m.cost(text)
	return s.step()
}

func patternError(text string, err error) error {
	for _, look := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.Contains(text, look) {
			return fmt.Errorf("not a regular expression (RE2): look-around %q is not part of it", look)
		}
	}
	var parse *syntax.Error
	if errors.As(err, &parse) {
		return fmt.Errorf("not a regular expression (RE2): %s: %q", parse.Code, shortened(parse.Expr))
	}
	return fmt.Errorf("not a regular expression (RE2): %w", err)
}

// regular gives the regular expression of an operand: a constant is compiled once, here.
func (c *compiler) regular(n *node, whole bool) func(s *state, v Value) (*matcher, error) {
	if n.op == opLiteral && n.value.kind == Text {
		re, err := pattern(n.value.text, whole)
		if err != nil {
			c.fail(n.offset, "%v", err)
		}
		return func(*state, Value) (*matcher, error) { return re, nil }
	}
	return func(s *state, v Value) (*matcher, error) {
		if v.kind != Text {
			return nil, fmt.Errorf("a regular expression is a text, not %s", v.kind)
		}
		if len(v.text) > maxPattern {
			return nil, fmt.Errorf("the regular expression is longer than %d bytes", maxPattern)
		}
		s.steps += 100 + len(v.text) // what compiling costs
		if err := s.step(); err != nil {
			return nil, err
		}
		re, err := pattern(v.text, whole)
		if err != nil {
			return nil, errors.New("the text is no regular expression (RE2)")
		}
		return re, nil
	}
}

// matches compiles the operator: the whole text must match.
func (c *compiler) matches(n *node) (eval, *shape) {
	operands, shapes := c.operands(n.args)
	for _, s := range shapes {
		if !s.may(Text) {
			c.fail(n.offset, "matches wants texts, not %s", s.kind)
		}
	}
	regular := c.regular(n.args[1], true)
	return func(s *state) (Value, error) {
		text, err := operands[0](s)
		if err != nil {
			return Value{}, err
		}
		right, err := operands[1](s)
		if err != nil {
			return Value{}, err
		}
		if text.kind != Text {
			return Value{}, at(n.offset, fmt.Errorf("matches wants texts, not %s", text.kind))
		}
		re, err := regular(s, right)
		if err == nil {
			err = s.work(re, text.text)
		}
		if err != nil {
			return Value{}, at(n.offset, err)
		}
		return BoolValue(re.MatchString(text.text)), nil
	}, boolShape
}
