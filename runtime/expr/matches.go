package expr

import (
	"errors"
	"fmt"

	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
)

// regular gives the regular expression of an operand: a constant is compiled once, here.
func (c *compiler) regular(n *syntax.Node, whole bool) func(s *state, v Value) (*matcher, error) {
	if n.Op == syntax.OpText {
		re, err := pattern(n.Text, whole)
		if err != nil {
			c.fail(n.Offset, "%v", err)
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
func (c *compiler) matches(n *syntax.Node) (eval, *shape) {
	operands, shapes := c.operands(n.Args)
	for _, s := range shapes {
		if !s.may(Text) {
			c.fail(n.Offset, "matches wants texts, not %s", s.kind)
		}
	}
	regular := c.regular(n.Args[1], true)
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
			return Value{}, at(n.Offset, fmt.Errorf("matches wants texts, not %s", text.kind))
		}
		re, err := regular(s, right)
		if err == nil {
			err = s.work(re, text.text)
		}
		if err != nil {
			return Value{}, at(n.Offset, err)
		}
		return BoolValue(re.MatchString(text.text)), nil
	}, boolShape
}
