package expr

import (
	"errors"
	"fmt"

	"github.com/penstock-dev/penstock/runtime/expr/internal/shape"
	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

func (c *compiler) unary(n *syntax.Node) (eval, *shape.Shape) {
	if n.Name == "!" {
		operand := c.condition(n.Args[0])
		return func(s *state) (Value, error) {
			ok, err := operand(s)
			return value.OfBool(!ok), err
		}, shape.Bool
	}
	operand, on := c.node(n.Args[0])
	if !on.May(value.Int) {
		c.fail(n.Offset, "%s wants a number, not %s", n.Name, on.Kind)
	}
	return func(s *state) (Value, error) {
		v, err := operand(s)
		if err != nil {
			return Value{}, err
		}
		if !value.IsNumber(v) {
			return Value{}, at(n.Offset, fmt.Errorf("%s wants a number, not %s", n.Name, v.Kind()))
		}
		if n.Name == "+" {
			return v, nil
		}
		if v.Kind() == value.Float {
			return value.OfFloat(-value.AsFloat(v)), nil
		}
		v, err = value.Whole("-", 0, value.AsInt(v))
		return v, placed(n.Offset, err)
	}, on
}

// placed is at, for an error that may be nil.
func placed(offset int, err error) error {
	if err == nil {
		return nil
	}
	return at(offset, err)
}

func (c *compiler) binary(n *syntax.Node) (eval, *shape.Shape) {
	switch n.Name {
	case "&&", "||":
		return c.logic(n)
	case "?:":
		return c.elvis(n)
	case "matches":
		return c.matches(n)
	}
	operands, shapes := c.operands(n.Args)
	apply, result := c.apply(n, shapes[0], shapes[1])
	left, right := operands[0], operands[1]
	return func(s *state) (Value, error) {
		a, err := left(s)
		if err != nil {
			return Value{}, err
		}
		b, err := right(s)
		if err != nil {
			return Value{}, err
		}
		if err = s.Step(); err != nil {
			return Value{}, at(n.Offset, err)
		}
		v, err := apply(s, a, b)
		return v, placed(n.Offset, err)
	}, result
}

// apply chooses what a binary operator does with two values.
func (c *compiler) apply(n *syntax.Node, a, b *shape.Shape) (func(s *state, a, b Value) (Value, error), *shape.Shape) {
	switch n.Name {
	case "==", "!=":
		want, meant := n.Name == "==", n.Args[0].Op == syntax.OpNull || n.Args[1].Op == syntax.OpNull
		return func(s *state, a, b Value) (Value, error) {
			if s.grants && !meant && a.Kind() == value.Null && b.Kind() == value.Null {
				return Value{}, errNull
			}
			same, err := value.Equal(&s.Budget, a, b)
			return value.OfBool(same == want), err
		}, shape.Bool
	case "<", "<=", ">", ">=":
		if a.Known() && b.Known() && (!a.May(b.Kind) || !a.May(value.Int, value.Text, value.Bool)) {
			c.fail(n.Offset, "%s and %s have no order", a.Kind, b.Kind)
		}
		return order(n.Name), shape.Bool
	case "+":
		return c.plus(n, a, b)
	case "*":
		if a.Kind == value.Text && b.May(value.Int) {
			return multiplied, shape.Text
		}
	}
	for _, s := range []*shape.Shape{a, b} {
		if !s.May(value.Int) {
			c.fail(n.Offset, "%s wants numbers, not %s", n.Name, s.Kind)
			break
		}
	}
	op := n.Name
	if op == "*" {
		return multiplied, shape.Any
	}
	return func(_ *state, a, b Value) (Value, error) { return computed(op, a, b) }, numeric(a, b)
}

// numeric is the shape of a computed number.
func numeric(a, b *shape.Shape) *shape.Shape {
	if a.Kind == value.Int && b.Kind == value.Int {
		return shape.Int
	}
	return shape.Float
}

func computed(op string, a, b Value) (Value, error) {
	for _, v := range []Value{a, b} {
		if !value.IsNumber(v) {
			return Value{}, fmt.Errorf("%s wants numbers, not %s", op, v.Kind())
		}
	}
	return value.Arithmetic(op, a, b)
}

// multiplied is * : numbers, or a text repeated.
func multiplied(s *state, a, b Value) (Value, error) {
	if a.Kind() == value.Text && b.Kind() == value.Int {
		return value.Repeat(&s.Budget, value.AsText(a), value.AsInt(b))
	}
	return computed("*", a, b)
}

// errNull: see Template.Grants.
var errNull = errors.New("null is not compared in a condition that lets callers in")

func order(op string) func(*state, Value, Value) (Value, error) {
	return func(s *state, a, b Value) (Value, error) {
		if s.grants && (a.Kind() == value.Null || b.Kind() == value.Null) {
			return Value{}, errNull
		}
		if value.Unordered(a, b) {
			return value.OfBool(false), nil
		}
		d, err := value.Compare(a, b)
		if err != nil {
			return Value{}, err
		}
		switch op {
		case "<":
			return value.OfBool(d < 0), nil
		case "<=":
			return value.OfBool(d <= 0), nil
		case ">":
			return value.OfBool(d > 0), nil
		}
		return value.OfBool(d >= 0), nil
	}
}

// plus adds numbers, and joins texts with anything: null is "null" there.
func (c *compiler) plus(n *syntax.Node, a, b *shape.Shape) (func(s *state, a, b Value) (Value, error), *shape.Shape) {
	result := shape.Any
	switch {
	case a.Kind == value.Text || b.Kind == value.Text:
		result = shape.Text
	case a.May(value.Int) && a.Known() && b.May(value.Int) && b.Known():
		result = numeric(a, b)
	case a.Known() && b.Known():
		c.fail(n.Offset, "%s and %s cannot be added", a.Kind, b.Kind)
	}
	return func(s *state, a, b Value) (Value, error) {
		if value.IsNumber(a) && value.IsNumber(b) {
			return value.Arithmetic("+", a, b)
		}
		if a.Kind() != value.Text && b.Kind() != value.Text {
			return Value{}, fmt.Errorf("%s and %s cannot be added", a.Kind(), b.Kind())
		}
		x, err := value.Joined(&s.Budget, a)
		if err != nil {
			return Value{}, err
		}
		y, err := value.Joined(&s.Budget, b)
		if err != nil {
			return Value{}, err
		}
		if err = s.Take(len(x) + len(y)); err != nil {
			return Value{}, err
		}
		return value.OfText(x + y), nil
	}, result
}

func (c *compiler) logic(n *syntax.Node) (eval, *shape.Shape) {
	left, right := c.condition(n.Args[0]), c.condition(n.Args[1])
	decides := n.Name == "||" // the value of the left that makes the right one unneeded
	return func(s *state) (Value, error) {
		ok, err := left(s)
		if err != nil || ok == decides {
			return value.OfBool(ok), err
		}
		ok, err = right(s)
		return value.OfBool(ok), err
	}, shape.Bool
}

// elvis gives the right value where the left one is null or an empty text.
func (c *compiler) elvis(n *syntax.Node) (eval, *shape.Shape) {
	operands, shapes := c.operands(n.Args)
	left, right := operands[0], operands[1]
	return func(s *state) (Value, error) {
		v, err := left(s)
		if err != nil {
			return Value{}, err
		}
		if v.Kind() == value.Null || v.Kind() == value.Text && value.AsText(v) == "" {
			return right(s)
		}
		return v, nil
	}, shape.Either(shapes[0], shapes[1])
}
