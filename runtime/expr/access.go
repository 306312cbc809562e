package expr

import (
	"fmt"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
	"github.com/penstock-dev/penstock/runtime/expr/internal/method"
	"github.com/penstock-dev/penstock/runtime/expr/internal/shape"
	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// property compiles a.b: a property of an object, or the entry of a map. A map without the
// entry gives null.
func (c *compiler) property(n *syntax.Node) (eval, *shape.Shape) {
	receiver, on := c.node(n.Args[0])
	result := shape.Any
	switch on.Kind {
	case value.Structure:
		if result = on.Members[n.Name]; result == nil {
			c.fail(n.Offset, "%s has no property %q%s", on.Name, n.Name, didYouMean(n.Name, "", on.Members))
			return failing, shape.Any
		}
	case value.Map:
		result = on.Item
	case value.Any:
	case value.Null:
		if !n.Safe {
			c.fail(n.Offset, "null has no property %q", n.Name)
			return failing, shape.Any
		}
	default:
		hint := ""
		if _, known := method.ByKind[on.Kind][n.Name]; known {
			hint = fmt.Sprintf(": did you mean %s()?", n.Name)
		}
		c.fail(n.Offset, "%s has no property %q%s", on.Kind, n.Name, hint)
		return failing, shape.Any
	}
	name, safe := n.Name, n.Safe
	return func(s *state) (Value, error) {
		v, err := receiver(s)
		if err != nil {
			return Value{}, err
		}
		if err = s.Step(); err != nil {
			return Value{}, at(n.Offset, err)
		}
		if object := value.ToObject(&v); object != nil {
			v, err = object.Property(name)
			return v, placed(n.Offset, err)
		}
		if entries := value.ToMap(&v); entries != nil {
			v, _ = entries.Get(name)
			return v, nil
		}
		if safe && v.IsNull() {
			return v, nil
		}
		return Value{}, at(n.Offset, fmt.Errorf("%s has no property %q", v.Kind(), name))
	}, result
}

// index compiles a[b]: an item of a list, the entry of a map or a character of a text.
func (c *compiler) index(n *syntax.Node) (eval, *shape.Shape) {
	receiver, on := c.node(n.Args[0])
	key, by := c.node(n.Args[1])
	result := shape.Any
	switch on.Kind {
	case value.List, value.Map:
		result = on.Item
	case value.Text:
		result = shape.Text
	case value.Structure:
		if member, known := on.Members[n.Args[1].Text]; known && n.Args[1].Literal() {
			result = member
		} else if n.Args[1].Literal() {
			c.fail(n.Offset, "%s has no property %q%s", on.Name, n.Args[1].Text, didYouMean(n.Args[1].Text, "", on.Members))
		} else {
			c.fail(n.Offset, "%s is read by the names of its properties", on.Name)
		}
	case value.Any:
	default:
		c.fail(n.Offset, "%s has no items", on.Kind)
	}
	if (on.Kind == value.List || on.Kind == value.Text) && !by.May(value.Int) {
		c.fail(n.Offset, "an item of %s is read by its number, not by %s", on.Kind, by.Kind)
	}
	if n.Args[1].Literal() {
		return constantIndex(n, receiver, literal(n.Args[1])), result
	}
	return func(s *state) (Value, error) {
		v, err := receiver(s)
		if err != nil || n.Safe && v.IsNull() {
			return v, err
		}
		k, err := key(s)
		if err != nil {
			return Value{}, err
		}
		v, err = value.ItemAt(&s.Budget, v, k)
		return v, placed(n.Offset, err)
	}, result
}

// constantIndex is the way of nearly all expressions: ['name'] of a map and [0] of a list of
// texts are read without a detour.
func constantIndex(n *syntax.Node, receiver eval, key Value) eval {
	i, name, isText := -1, n.Args[1].Text, n.Args[1].Op == syntax.OpText
	if key.Kind() == value.Int && value.AsInt(key) < bounds.MaxBytes {
		i = int(value.AsInt(key))
	}
	return func(s *state) (Value, error) {
		v, err := receiver(s)
		if err != nil || n.Safe && v.IsNull() {
			return v, err
		}
		if err = s.Step(); err != nil {
			return Value{}, at(n.Offset, err)
		}
		if i == 0 {
			if text, one := value.ToOneText(&v); one { // as most headers are
				return value.OfText(text), nil
			}
		}
		if isText {
			if entries := value.ToMap(&v); entries != nil {
				v, _ = entries.Get(name)
				return v, nil
			}
		}
		if i >= 0 && v.Kind() == value.List && i < value.Size(v) {
			return value.Item(v, i), nil
		}
		v, err = value.ItemAt(&s.Budget, v, key)
		return v, placed(n.Offset, err)
	}
}
