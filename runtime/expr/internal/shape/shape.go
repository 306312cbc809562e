// Package shape says what is known about values before they are computed, so that a text with
// expressions is checked when it is compiled.
package shape

import "github.com/penstock-dev/penstock/runtime/expr/internal/value"

// Shape is what is known about a value before it is computed.
type Shape struct {
	Kind    value.Kind        // Any: nothing is known
	Item    *Shape            // of a List or Map
	Members map[string]*Shape // of a Structure
	Name    string            // of a Structure: as it is written, "#request"
}

// Shapes without parts, and the list of texts, as headers are.
var (
	Any   = &Shape{Kind: value.Any}
	Null  = &Shape{Kind: value.Null}
	Bool  = &Shape{Kind: value.Bool}
	Int   = &Shape{Kind: value.Int}
	Float = &Shape{Kind: value.Float}
	Text  = &Shape{Kind: value.Text}
	Texts = &Shape{Kind: value.List, Item: Text}
)

// ListOf is a list of items of one shape.
func ListOf(item *Shape) *Shape { return &Shape{Kind: value.List, Item: item} }

// MapOf is a map with entries of one shape.
func MapOf(item *Shape) *Shape { return &Shape{Kind: value.Map, Item: item} }

// Known says whether the kind of the value is certain. A value of the scope may always be null.
func (s *Shape) Known() bool { return s.Kind != value.Any && s.Kind != value.Null }

// May says whether the value can be of one of the kinds; both kinds of numbers are one here.
func (s *Shape) May(kinds ...value.Kind) bool {
	if !s.Known() {
		return true
	}
	for _, k := range kinds {
		if s.Kind == k || k == value.Int && s.Kind == value.Float || k == value.Float && s.Kind == value.Int {
			return true
		}
	}
	return false
}

// Either is the shape of a value that is one of two.
func Either(a, b *Shape) *Shape {
	switch {
	case a.Kind == value.Null:
		return b
	case b.Kind == value.Null, a == b:
		return a
	case a.Kind == b.Kind && a.Kind != value.Structure && a.Kind != value.List && a.Kind != value.Map:
		return a
	case a.Kind == b.Kind && a.Kind != value.Structure:
		return &Shape{Kind: a.Kind, Item: Either(a.Item, b.Item)}
	}
	return Any
}

// Of is the shape of a literal.
func Of(v value.Value) *Shape {
	switch v.Kind() {
	case value.Bool:
		return Bool
	case value.Int:
		return Int
	case value.Float:
		return Float
	case value.Text:
		return Text
	}
	return Null
}

// Entry is #this of a map in .?[ ] and .![ ].
func Entry(item *Shape) *Shape {
	return &Shape{Kind: value.Structure, Name: "an entry of a map", Members: map[string]*Shape{"key": Text, "value": item}}
}
