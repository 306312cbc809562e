package expr

import (
	"fmt"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
)

// property compiles a.b: a property of an object, or the entry of a map. A map without the
// entry gives null.
func (c *compiler) property(n *syntax.Node) (eval, *shape) {
	receiver, shape := c.node(n.Args[0])
	result := anyShape
	switch shape.kind {
	case Structure:
		if result = shape.members[n.Name]; result == nil {
			c.fail(n.Offset, "%s has no property %q%s", shape.name, n.Name, didYouMean(n.Name, "", shape.members))
			return failing, anyShape
		}
	case Map:
		result = shape.item
	case Any:
	default:
		hint := ""
		if _, known := methods[shape.kind][n.Name]; known {
			hint = fmt.Sprintf(": did you mean %s()?", n.Name)
		}
		c.fail(n.Offset, "%s has no property %q%s", shape.kind, n.Name, hint)
		return failing, anyShape
	}
	name, safe := n.Name, n.Safe
	return func(s *state) (Value, error) {
		v, err := receiver(s)
		if err != nil {
			return Value{}, err
		}
		if s.steps++; s.steps > maxSteps {
			return Value{}, at(n.Offset, errSteps)
		}
		switch v.kind {
		case Structure:
			v, err = v.ref.(Object).Property(name)
			return v, placed(n.Offset, err)
		case Map:
			v, _ = v.mapping().Get(name)
			return v, nil
		case Null:
			if safe {
				return v, nil
			}
		}
		return Value{}, at(n.Offset, fmt.Errorf("%s has no property %q", v.kind, name))
	}, result
}

// index compiles a[b]: an item of a list, the entry of a map or a character of a text.
func (c *compiler) index(n *syntax.Node) (eval, *shape) {
	receiver, shape := c.node(n.Args[0])
	key, by := c.node(n.Args[1])
	result := anyShape
	switch shape.kind {
	case List, Map:
		result = shape.item
	case Text:
		result = textShape
	case Structure:
		if member, known := shape.members[n.Args[1].Text]; known && n.Args[1].Literal() {
			result = member
		} else if n.Args[1].Literal() {
			c.fail(n.Offset, "%s has no property %q%s", shape.name, n.Args[1].Text, didYouMean(n.Args[1].Text, "", shape.members))
		} else {
			c.fail(n.Offset, "%s is read by the names of its properties", shape.name)
		}
	case Any:
	default:
		c.fail(n.Offset, "%s has no items", shape.kind)
	}
	if (shape.kind == List || shape.kind == Text) && !by.may(Int) {
		c.fail(n.Offset, "an item of %s is read by its number, not by %s", shape.kind, by.kind)
	}
	if n.Args[1].Literal() {
		return constantIndex(n, receiver, literal(n.Args[1])), result
	}
	return func(s *state) (Value, error) {
		v, err := receiver(s)
		if err != nil || v.kind == Null && n.Safe {
			return v, err
		}
		k, err := key(s)
		if err != nil {
			return Value{}, err
		}
		v, err = s.at(v, k)
		return v, placed(n.Offset, err)
	}, result
}

// constantIndex is the way of nearly all expressions: ['name'] of a map and [0] of a list of
// texts are read without a detour.
func constantIndex(n *syntax.Node, receiver eval, key Value) eval {
	i := -1
	if key.kind == Int && key.int() < maxBytes {
		i = int(key.int())
	}
	return func(s *state) (Value, error) {
		v, err := receiver(s)
		if err != nil || v.kind == Null && n.Safe {
			return v, err
		}
		if s.steps++; s.steps > maxSteps {
			return Value{}, at(n.Offset, errSteps)
		}
		switch {
		case v.kind == List && v.ref == nil && i == 0: // one text, as most headers are
			return TextValue(v.text), nil
		case v.kind == List && i >= 0 && i < v.length():
			return v.item(i), nil
		case v.kind == Map && key.kind == Text:
			v, _ = v.mapping().Get(key.text)
			return v, nil
		}
		v, err = s.at(v, key)
		return v, placed(n.Offset, err)
	}
}

// at reads one item.
func (s *state) at(v, key Value) (Value, error) {
	if err := s.step(); err != nil {
		return Value{}, err
	}
	switch v.kind {
	case Map:
		name, err := s.written(key)
		if err != nil {
			return Value{}, err
		}
		v, _ = v.mapping().Get(name)
		return v, nil
	case Structure:
		if key.kind == Text {
			return v.ref.(Object).Property(key.text)
		}
	case List:
		if key.kind == Int {
			return s.listItem(v, key.int())
		}
		return Value{}, fmt.Errorf("an item of a list is read by its number, not by %s", key.kind)
	case Text:
		if key.kind == Int {
			return s.character(v.text, key.int())
		}
	}
	return Value{}, fmt.Errorf("%s has no items", v.kind)
}

func (s *state) listItem(v Value, i int64) (Value, error) {
	if n := v.length(); i < 0 || i >= int64(n) {
		return Value{}, fmt.Errorf("the index is out of range: the list has %s", counted(n, "item"))
	}
	return v.item(int(i)), nil
}

// counted writes a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// character is one character of a text, counted from 0.
func (s *state) character(text string, i int64) (Value, error) {
	if err := s.look(len(text)); err != nil {
		return Value{}, err
	}
	start := offsetOf(text, i)
	if start < 0 || start == len(text) {
		return Value{}, fmt.Errorf("the index is out of range: the text has %s", counted(utf8.RuneCountInString(text), "character"))
	}
	_, size := utf8.DecodeRuneInString(text[start:])
	return TextValue(text[start : start+size]), nil
}

// offsetOf finds the byte where a character starts; the length of the text for the end, -1
// beyond it.
func offsetOf(text string, i int64) int {
	for at := range text {
		if i == 0 {
			return at
		}
		i--
	}
	if i == 0 {
		return len(text)
	}
	return -1
}
