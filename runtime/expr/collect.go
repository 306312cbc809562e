package expr

import (
	"fmt"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
	"github.com/penstock-dev/penstock/runtime/expr/internal/shape"
	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// collected compiles what .?[ ] and .![ ] share: a receiver and an operation on each of its
// items, which is #this there.
func (c *compiler) collected(n *syntax.Node) (receiver, each eval, from, made *shape.Shape) {
	receiver, from = c.node(n.Args[0])
	item := shape.Any
	switch from.Kind {
	case value.List:
		item = from.Item
	case value.Map:
		item = shape.Entry(from.Item)
	case value.Any, value.Null:
	default:
		c.fail(n.Offset, "%s has no items", from.Kind)
	}
	c.this = append(c.this, item)
	if n.Op == syntax.OpSelect {
		condition := c.condition(n.Args[1])
		each = func(s *state) (Value, error) {
			ok, err := condition(s)
			return value.OfBool(ok), err
		}
	} else {
		each, made = c.node(n.Args[1])
	}
	c.this = c.this[:len(c.this)-1]
	return receiver, each, from, made
}

// selection compiles .?[ ]: the items of a list, or the entries of a map, that fit.
func (c *compiler) selection(n *syntax.Node) (eval, *shape.Shape) {
	receiver, each, from, _ := c.collected(n)
	return func(s *state) (Value, error) {
		v, err := receiver(s)
		if err != nil || v.Kind() == value.Null && n.Safe {
			return v, err
		}
		if v.Kind() == value.Map {
			chosen := value.NewEntries()
			err = s.each(n, v, each, func(key string, item, ok Value) error {
				if value.AsBool(ok) {
					chosen.Set(key, item)
					return s.Take(bounds.ItemBytes)
				}
				return nil
			})
			return value.OfMap(chosen), err
		}
		var chosen []Value
		err = s.each(n, v, each, func(_ string, item, ok Value) error {
			if value.AsBool(ok) {
				chosen = append(chosen, item)
				return s.Take(bounds.ItemBytes)
			}
			return nil
		})
		return value.OfList(chosen), err
	}, from
}

// projection compiles .![ ]: a list of what is computed from each item.
func (c *compiler) projection(n *syntax.Node) (eval, *shape.Shape) {
	receiver, each, _, made := c.collected(n)
	return func(s *state) (Value, error) {
		v, err := receiver(s)
		if err != nil || v.Kind() == value.Null && n.Safe {
			return v, err
		}
		var list []Value
		err = s.each(n, v, each, func(_ string, _, result Value) error {
			list = append(list, result)
			return s.Take(bounds.ItemBytes)
		})
		return value.OfList(list), err
	}, shape.ListOf(made)
}

// each computes something with every item of a list or entry of a map.
func (s *state) each(n *syntax.Node, v Value, each eval, got func(key string, item, result Value) error) error {
	one := func(key string, item, this Value) error {
		s.items = append(s.items, this)
		result, err := each(s)
		s.items = s.items[:len(s.items)-1]
		if err != nil {
			return err
		}
		return placed(n.Offset, got(key, item, result))
	}
	switch v.Kind() {
	case value.List:
		for i := range value.Size(v) {
			item := value.Item(v, i)
			if err := one("", item, item); err != nil {
				return err
			}
		}
		return nil
	case value.Map:
		for _, key := range value.AsMap(v).Keys() {
			item, _ := value.AsMap(v).Get(key)
			if err := one(key, item, value.OfObject(entry{key, item})); err != nil {
				return err
			}
		}
		return nil
	}
	return at(n.Offset, fmt.Errorf("%s has no items", v.Kind()))
}

// entry is #this of a map.
type entry struct {
	key   string
	value Value
}

// Property implements Object.
func (e entry) Property(name string) (Value, error) {
	switch name {
	case "key":
		return value.OfText(e.key), nil
	case "value":
		return e.value, nil
	}
	return Value{}, fmt.Errorf("an entry of a map has no property %q", name)
}
