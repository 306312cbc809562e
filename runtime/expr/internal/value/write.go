package value

import (
	"errors"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
)

// Written is the value as text: a list joined by commas, null as nothing. It is what a part
// gives to its template. Texts that exist already cost nothing.
func Written(budget *bounds.Budget, v Value) (string, error) {
	switch v.kind {
	case Null:
		return "", nil
	case Text:
		return v.text, nil
	}
	var b strings.Builder
	err := Write(budget, &b, v)
	return b.String(), err
}

// Write appends a value and counts what it makes: a value may hold another one many times.
func Write(budget *bounds.Budget, b *strings.Builder, v Value) error {
	if err := budget.Step(); err != nil {
		return err
	}
	switch v.kind {
	case Bool:
		return Append(budget, b, strconv.FormatBool(v.number != 0))
	case Int:
		return Append(budget, b, strconv.FormatInt(AsInt(v), 10))
	case Float:
		return Append(budget, b, floatText(AsFloat(v)))
	case Text:
		return Append(budget, b, v.text)
	case List:
		return writeList(budget, b, v)
	case Map:
		return writeMap(budget, b, AsMap(v))
	case Structure:
		return errors.New("an object is no text: name one of its properties")
	}
	return nil
}

// Append adds a text to what is written, and counts it.
func Append(budget *bounds.Budget, b *strings.Builder, text string) error {
	if err := budget.Take(len(text)); err != nil {
		return err
	}
	b.WriteString(text)
	return nil
}

func writeList(budget *bounds.Budget, b *strings.Builder, v Value) error {
	for i := range Size(v) {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := Write(budget, b, Item(v, i)); err != nil {
			return err
		}
	}
	return nil
}

// writeMap writes {a=1, b=2}, as Java does.
func writeMap(budget *bounds.Budget, b *strings.Builder, m Mapping) error {
	b.WriteByte('{')
	for i, k := range m.Keys() {
		if i > 0 {
			b.WriteString(", ")
		}
		item, _ := m.Get(k)
		if err := Append(budget, b, k+"="); err != nil {
			return err
		}
		if err := Write(budget, b, item); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// Joined is a value as an operand of + beside a text: null is "null".
func Joined(budget *bounds.Budget, v Value) (string, error) {
	if v.kind == Null {
		return "null", nil
	}
	return Written(budget, v)
}

// Repeat is a text a number of times.
func Repeat(budget *bounds.Budget, text string, n int64) (Value, error) {
	if n < 0 {
		return Value{}, errors.New("a text cannot be repeated less than 0 times")
	}
	if n > bounds.MaxBytes {
		n = bounds.MaxBytes + 1
	}
	if err := budget.Take(max(len(text), 1) * int(n)); err != nil {
		return Value{}, err
	}
	return OfText(strings.Repeat(text, int(n))), nil
}
