package expr

import (
	"fmt"

	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
)

// collected compiles what .?[ ] and .![ ] share: a receiver and an operation on each of its
// items, which is #this there.
func (c *compiler) collected(n *syntax.Node) (receiver, each eval, from, made *shape) {
	receiver, from = c.node(n.Args[0])
	item := anyShape
	switch from.kind {
	case List:
		item = from.item
	case Map:
		item = entryShape(from.item)
	case Any, Null:
	default:
		c.fail(n.Offset, "%s has no items", from.kind)
	}
	c.this = append(c.this, item)
	if n.Op == syntax.OpSelect {
		condition := c.condition(n.Args[1])
		each = func(s *state) (Value, error) {
			ok, err := condition(s)
			return BoolValue(ok), err
		}
	} else {
		each, made = c.node(n.Args[1])
	}
	c.this = c.this[:len(c.this)-1]
	return receiver, each, from, made
}

// selection compiles .?[ ]: the items of a list, or the entries of a map, that fit.
func (c *compiler) selection(n *syntax.Node) (eval, *shape) {
	receiver, each, from, _ := c.collected(n)
	return func(s *state) (Value, error) {
		v, err := receiver(s)
		if err != nil || v.kind == Null && n.Safe {
			return v, err
		}
		if v.kind == Map {
			chosen := newEntries()
			err = s.each(n, v, each, func(key string, item, ok Value) error {
				if ok.number != 0 {
					chosen.set(key, item)
					return s.take(itemBytes)
				}
				return nil
			})
			return MapValue(chosen), err
		}
		var chosen []Value
		err = s.each(n, v, each, func(_ string, item, ok Value) error {
			if ok.number != 0 {
				chosen = append(chosen, item)
				return s.take(itemBytes)
			}
			return nil
		})
		return ListValue(chosen), err
	}, from
}

// projection compiles .![ ]: a list of what is computed from each item.
func (c *compiler) projection(n *syntax.Node) (eval, *shape) {
	receiver, each, _, made := c.collected(n)
	return func(s *state) (Value, error) {
		v, err := receiver(s)
		if err != nil || v.kind == Null && n.Safe {
			return v, err
		}
		var list []Value
		err = s.each(n, v, each, func(_ string, _, result Value) error {
			list = append(list, result)
			return s.take(itemBytes)
		})
		return ListValue(list), err
	}, listOf(made)
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
	switch v.kind {
	case List:
		for i := range v.length() {
			item := v.item(i)
			if err := one("", item, item); err != nil {
				return err
			}
		}
		return nil
	case Map:
		for _, key := range v.mapping().Keys() {
			item, _ := v.mapping().Get(key)
			if err := one(key, item, ObjectValue(entry{key, item})); err != nil {
				return err
			}
		}
		return nil
	}
	return at(n.Offset, fmt.Errorf("%s has no items", v.kind))
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
		return TextValue(e.key), nil
	case "value":
		return e.value, nil
	}
	return Value{}, fmt.Errorf("an entry of a map has no property %q", name)
}
