package expr

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// written is the value as text: a list joined by commas, null as nothing. It is what a part
// gives to its template. Texts that exist already cost nothing.
func (s *state) written(v Value) (string, error) {
	switch v.kind {
	case Null:
		return "", nil
	case Text:
		return v.text, nil
	}
	var b strings.Builder
	err := s.write(&b, v)
	return b.String(), err
}

// write appends a value and counts what it makes: a value may hold another one many times.
func (s *state) write(b *strings.Builder, v Value) error {
	if err := s.step(); err != nil {
		return err
	}
	switch v.kind {
	case Bool:
		return s.append(b, strconv.FormatBool(v.number != 0))
	case Int:
		return s.append(b, strconv.FormatInt(v.int(), 10))
	case Float:
		return s.append(b, floatText(v.float()))
	case Text:
		return s.append(b, v.text)
	case List:
		return s.writeList(b, v)
	case Map:
		return s.writeMap(b, v.mapping())
	case Structure:
		return errors.New("an object is no text: name one of its properties")
	}
	return nil
}

func (s *state) append(b *strings.Builder, text string) error {
	if err := s.take(len(text)); err != nil {
		return err
	}
	b.WriteString(text)
	return nil
}

func (s *state) writeList(b *strings.Builder, v Value) error {
	for i := range v.length() {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := s.write(b, v.item(i)); err != nil {
			return err
		}
	}
	return nil
}

// writeMap writes {a=1, b=2}, as Java does.
func (s *state) writeMap(b *strings.Builder, m Mapping) error {
	b.WriteByte('{')
	for i, k := range m.Keys() {
		if i > 0 {
			b.WriteString(", ")
		}
		item, _ := m.Get(k)
		if err := s.append(b, k+"="); err != nil {
			return err
		}
		if err := s.write(b, item); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// flag is a value as a boolean: the texts of Spring's StringToBooleanConverter are taken too.
func (v Value) flag() (bool, error) {
	switch v.kind {
	case Bool:
		return v.number != 0, nil
	case Text:
		switch strings.ToLower(v.text) {
		case "true", "on", "yes", "1":
			return true, nil
		case "false", "off", "no", "0":
			return false, nil
		}
		return false, errors.New("the text is no boolean")
	}
	return false, fmt.Errorf("%s is no boolean", v.kind)
}

// shortened keeps messages short.
func shortened(text string) string {
	if len(text) > 40 {
		return strings.ToValidUTF8(text[:40], "") + "…"
	}
	return text
}

// equal is == : numbers by value, lists and maps by their items, never a text with a number.
func (s *state) equal(a, b Value) (bool, error) {
	if err := s.step(); err != nil {
		return false, err
	}
	if a.isNumber() && b.isNumber() {
		if a.kind == Int && b.kind == Int {
			return a.number == b.number, nil
		}
		return a.float() == b.float(), nil
	}
	if a.kind != b.kind {
		return false, nil
	}
	switch a.kind {
	case Null:
		return true, nil
	case Bool:
		return a.number == b.number, nil
	case Text:
		return a.text == b.text, s.look(min(len(a.text), len(b.text)))
	case List:
		return s.equalLists(a, b)
	case Map:
		return s.equalMaps(a.mapping(), b.mapping())
	}
	return false, errors.New("objects cannot be compared")
}

func (s *state) equalLists(a, b Value) (bool, error) {
	if a.length() != b.length() {
		return false, nil
	}
	for i := range a.length() {
		if same, err := s.equal(a.item(i), b.item(i)); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (s *state) equalMaps(a, b Mapping) (bool, error) {
	keys := a.Keys()
	if len(keys) != len(b.Keys()) {
		return false, nil
	}
	for _, k := range keys {
		x, _ := a.Get(k)
		y, known := b.Get(k)
		if !known {
			return false, nil
		}
		if same, err := s.equal(x, y); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

// compared orders two values: numbers, texts by bytes, booleans; null is before everything.
func compared(a, b Value) (int, error) {
	switch {
	case a.kind == Null || b.kind == Null:
		return cmp.Compare(min(a.kind, 1), min(b.kind, 1)), nil
	case a.kind == Int && b.kind == Int:
		return cmp.Compare(a.int(), b.int()), nil
	case a.isNumber() && b.isNumber():
		return cmp.Compare(a.float(), b.float()), nil
	case a.kind == Text && b.kind == Text:
		return strings.Compare(a.text, b.text), nil
	case a.kind == Bool && b.kind == Bool:
		return cmp.Compare(a.number, b.number), nil
	}
	return 0, fmt.Errorf("%s and %s have no order", a.kind, b.kind)
}
