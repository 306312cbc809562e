package expr

import (
	"errors"
	"fmt"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
	"github.com/penstock-dev/penstock/runtime/expr/internal/method"
	"github.com/penstock-dev/penstock/runtime/expr/internal/shape"
	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// regular gives the regular expression of an operand: a constant is compiled once, here.
func (c *compiler) regular(n *syntax.Node, whole bool) func(budget *bounds.Budget, v Value) (*method.Matcher, error) {
	if n.Op == syntax.OpText {
		re, err := method.Pattern(n.Text, whole)
		if err != nil {
			c.fail(n.Offset, "%v", err)
		}
		return func(*bounds.Budget, Value) (*method.Matcher, error) { return re, nil }
	}
	return func(budget *bounds.Budget, v Value) (*method.Matcher, error) {
		if v.Kind() != value.Text {
			return nil, fmt.Errorf("a regular expression is a text, not %s", v.Kind())
		}
		if len(value.AsText(v)) > method.MaxPattern {
			return nil, fmt.Errorf("the regular expression is longer than %d bytes", method.MaxPattern)
		}
		if err := budget.Spend(101 + len(value.AsText(v))); err != nil { // what compiling costs
			return nil, err
		}
		re, err := method.Pattern(value.AsText(v), whole)
		if err != nil {
			return nil, errors.New("the text is no regular expression (RE2)")
		}
		return re, nil
	}
}

// matches compiles the operator: the whole text must match.
func (c *compiler) matches(n *syntax.Node) (eval, *shape.Shape) {
	operands, shapes := c.operands(n.Args)
	for _, s := range shapes {
		if !s.May(value.Text) {
			c.fail(n.Offset, "matches wants texts, not %s", s.Kind)
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
		if text.Kind() != value.Text {
			return Value{}, at(n.Offset, fmt.Errorf("matches wants texts, not %s", text.Kind()))
		}
		subject := value.AsText(text)
		re, err := regular(&s.Budget, right)
		if err == nil {
			err = re.Look(&s.Budget, subject)
		}
		if err != nil {
			return Value{}, at(n.Offset, err)
		}
		return value.OfBool(re.MatchString(subject)), nil
	}, shape.Bool
}
