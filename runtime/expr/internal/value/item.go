package value

import (
	"fmt"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
)

// ItemAt reads an item of a list, a character of a text, an entry of a map or a property.
func ItemAt(budget *bounds.Budget, v, key Value) (Value, error) {
	if err := budget.Step(); err != nil {
		return Value{}, err
	}
	switch v.kind {
	case Map:
		name, err := Written(budget, key)
		if err != nil {
			return Value{}, err
		}
		v, _ = AsMap(v).Get(name)
		return v, nil
	case Structure:
		if key.kind == Text {
			return v.ref.(Object).Property(key.text)
		}
	case List:
		if key.kind == Int {
			return ListItem(v, AsInt(key))
		}
		return Value{}, fmt.Errorf("an item of a list is read by its number, not by %s", key.kind)
	case Text:
		if key.kind == Int {
			return Character(budget, v.text, AsInt(key))
		}
	}
	return Value{}, fmt.Errorf("%s has no items", v.kind)
}

// ListItem is an item of a list, counted from 0.
func ListItem(v Value, i int64) (Value, error) {
	if n := Size(v); i < 0 || i >= int64(n) {
		return Value{}, fmt.Errorf("the index is out of range: the list has %s", Counted(n, "item"))
	}
	return Item(v, int(i)), nil
}

// Counted writes a number of things: "1 item", "2 items".
func Counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Character is one character of a text, counted from 0.
func Character(budget *bounds.Budget, text string, i int64) (Value, error) {
	if err := budget.Look(len(text)); err != nil {
		return Value{}, err
	}
	start := Offset(text, i)
	if start < 0 || start == len(text) {
		return Value{}, fmt.Errorf("the index is out of range: the text has %s", Counted(utf8.RuneCountInString(text), "character"))
	}
	_, size := utf8.DecodeRuneInString(text[start:])
	return OfText(text[start : start+size]), nil
}

// Offset finds the byte where a character starts; the length of the text for the end, -1
// beyond it.
func Offset(text string, i int64) int {
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
