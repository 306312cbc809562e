package expr

import (
	"errors"
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
)

func (c *compiler) unary(n *syntax.Node) (eval, *shape) {
	if n.Name == "!" {
		operand := c.condition(n.Args[0])
		return func(s *state) (Value, error) {
			ok, err := operand(s)
			return BoolValue(!ok), err
		}, boolShape
	}
	operand, shape := c.node(n.Args[0])
	if !shape.may(Int) {
		c.fail(n.Offset, "%s wants a number, not %s", n.Name, shape.kind)
	}
	return func(s *state) (Value, error) {
		v, err := operand(s)
		if err != nil {
			return Value{}, err
		}
		if !v.isNumber() {
			return Value{}, at(n.Offset, fmt.Errorf("%s wants a number, not %s", n.Name, v.kind))
		}
		if n.Name == "+" {
			return v, nil
		}
		if v.kind == Float {
			return FloatValue(-v.float()), nil
		}
		v, err = whole("-", 0, v.int())
		return v, placed(n.Offset, err)
	}, shape
}

// placed is at, for an error that may be nil.
func placed(offset int, err error) error {
	if err == nil {
		return nil
	}
	return at(offset, err)
}

func (c *compiler) binary(n *syntax.Node) (eval, *shape) {
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
		if err = s.step(); err != nil {
			return Value{}, at(n.Offset, err)
		}
		v, err := apply(s, a, b)
		return v, placed(n.Offset, err)
	}, result
}

// apply chooses what a binary operator does with two values.
func (c *compiler) apply(n *syntax.Node, a, b *shape) (func(s *state, a, b Value) (Value, error), *shape) {
	switch n.Name {
	case "==", "!=":
		want := n.Name == "=="
		return func(s *state, a, b Value) (Value, error) {
			same, err := s.equal(a, b)
			return BoolValue(same == want), err
		}, boolShape
	case "<", "<=", ">", ">=":
		if a.known() && b.known() && (!a.may(b.kind) || !a.may(Int, Text, Bool)) {
			c.fail(n.Offset, "%s and %s have no order", a.kind, b.kind)
		}
		return order(n.Name), boolShape
	case "+":
		return c.plus(n, a, b)
	case "*":
		if a.kind == Text && b.may(Int) {
			return multiplied, textShape
		}
	}
	for _, s := range []*shape{a, b} {
		if !s.may(Int) {
			c.fail(n.Offset, "%s wants numbers, not %s", n.Name, s.kind)
			break
		}
	}
	op := n.Name
	if op == "*" {
		return multiplied, anyShape
	}
	return func(_ *state, a, b Value) (Value, error) { return computed(op, a, b) }, numeric(a, b)
}

// numeric is the shape of a computed number.
func numeric(a, b *shape) *shape {
	if a.kind == Int && b.kind == Int {
		return intShape
	}
	return floatShape
}

func computed(op string, a, b Value) (Value, error) {
	for _, v := range []Value{a, b} {
		if !v.isNumber() {
			return Value{}, fmt.Errorf("%s wants numbers, not %s", op, v.kind)
		}
	}
	return arithmetic(op, a, b)
}

// multiplied is * : numbers, or a text repeated.
func multiplied(s *state, a, b Value) (Value, error) {
	if a.kind == Text && b.kind == Int {
		return s.repeat(a.text, b.int())
	}
	return computed("*", a, b)
}

func (s *state) repeat(text string, n int64) (Value, error) {
	if n < 0 {
		return Value{}, errors.New("a text cannot be repeated less than 0 times")
	}
	if n > maxBytes {
		n = maxBytes + 1
	}
	if err := s.take(max(len(text), 1) * int(n)); err != nil {
		return Value{}, err
	}
	return TextValue(strings.Repeat(text, int(n))), nil
}

func order(op string) func(*state, Value, Value) (Value, error) {
	return func(_ *state, a, b Value) (Value, error) {
		d, err := compared(a, b)
		if err != nil {
			return Value{}, err
		}
		switch op {
		case "<":
			return BoolValue(d < 0), nil
		case "<=":
			return BoolValue(d <= 0), nil
		case ">":
			return BoolValue(d > 0), nil
		}
		return BoolValue(d >= 0), nil
	}
}

// plus adds numbers, and joins texts with anything: null is "null" there.
func (c *compiler) plus(n *syntax.Node, a, b *shape) (func(s *state, a, b Value) (Value, error), *shape) {
	result := anyShape
	switch {
	case a.kind == Text || b.kind == Text:
		result = textShape
	case a.may(Int) && a.known() && b.may(Int) && b.known():
		result = numeric(a, b)
	case a.known() && b.known():
		c.fail(n.Offset, "%s and %s cannot be added", a.kind, b.kind)
	}
	return func(s *state, a, b Value) (Value, error) {
		if a.isNumber() && b.isNumber() {
			return arithmetic("+", a, b)
		}
		if a.kind != Text && b.kind != Text {
			return Value{}, fmt.Errorf("%s and %s cannot be added", a.kind, b.kind)
		}
		x, err := s.joined(a)
		if err != nil {
			return Value{}, err
		}
		y, err := s.joined(b)
		if err != nil {
			return Value{}, err
		}
		if err = s.take(len(x) + len(y)); err != nil {
			return Value{}, err
		}
		return TextValue(x + y), nil
	}, result
}

// joined is a value as an operand of + beside a text.
func (s *state) joined(v Value) (string, error) {
	if v.kind == Null {
		return "null", nil
	}
	return s.written(v)
}

func (c *compiler) logic(n *syntax.Node) (eval, *shape) {
	left, right := c.condition(n.Args[0]), c.condition(n.Args[1])
	decides := n.Name == "||" // the value of the left that makes the right one unneeded
	return func(s *state) (Value, error) {
		ok, err := left(s)
		if err != nil || ok == decides {
			return BoolValue(ok), err
		}
		ok, err = right(s)
		return BoolValue(ok), err
	}, boolShape
}

// elvis gives the right value where the left one is null or an empty text.
func (c *compiler) elvis(n *syntax.Node) (eval, *shape) {
	operands, shapes := c.operands(n.Args)
	left, right := operands[0], operands[1]
	return func(s *state) (Value, error) {
		v, err := left(s)
		if err != nil {
			return Value{}, err
		}
		if v.kind == Null || v.kind == Text && v.text == "" {
			return right(s)
		}
		return v, nil
	}, either(shapes[0], shapes[1])
}
