// Package value holds the values of expressions: what they are made of, how Go code and JSON
// become values and values become texts and Go values again, and how they compare and compute.
// Of… makes a value; As… reads one of a known kind and does not check it.
package value

// Kind is what a value is.
type Kind uint8

// The kinds. Any is of types only: nothing is known.
const (
	Null Kind = iota
	Bool
	Int   // 64 bits, where Java has int and long
	Float // 64 bits
	Text
	List
	Map
	Structure // named properties, as #request has
	Any
)

var kindNames = [...]string{"null", "a boolean", "a number", "a number", "a text", "a list", "a map", "an object", "a value"}

// String is the kind with its article, for messages.
func (k Kind) String() string { return kindNames[k] }

// Value is one value of an expression. The zero value is null. Values are not changed after
// they were made and may be shared.
type Value struct {
	kind   Kind
	number uint64 // Bool, Int; bits of a Float
	text   string
	ref    any // List: []Value or []string, nil for the one item text. Map: Mapping. Structure: Object
}

// Object is a value with named properties.
type Object interface {
	// Property reads a property that the language declares for the object.
	Property(name string) (Value, error)
}

// Mapping is a value with entries.
type Mapping interface {
	// Get finds the entry of a key; false when there is none. The mapping decides about case.
	Get(key string) (Value, bool)
	// Keys lists the keys in a stable order.
	Keys() []string
}

// OfText makes a text.
func OfText(s string) Value { return Value{kind: Text, text: s} }

// OfBool makes a boolean.
func OfBool(b bool) Value {
	if b {
		return Value{kind: Bool, number: 1}
	}
	return Value{kind: Bool}
}

// OfTexts makes a list of texts; null from nil. A list of one text, as most headers are, is
// made without an allocation.
func OfTexts(list []string) Value {
	switch {
	case list == nil:
		return Value{}
	case len(list) == 1:
		return Value{kind: List, text: list[0]}
	}
	return Value{kind: List, ref: list}
}

// OfList makes a list.
func OfList(list []Value) Value { return Value{kind: List, ref: list} }

// OfMap makes a map.
func OfMap(m Mapping) Value { return Value{kind: Map, ref: m} }

// OfObject makes a value with properties.
func OfObject(o Object) Value { return Value{kind: Structure, ref: o} }

// Kind says what the value is.
func (v Value) Kind() Kind { return v.kind }

// AsBool is a value of kind Bool.
func AsBool(v Value) bool { return v.number != 0 }

// AsText is the text of a value of kind Text.
func AsText(v Value) string { return v.text }

// AsObject is a value of kind Structure.
func AsObject(v Value) Object { return v.ref.(Object) }

// ToObject is the object of a value of kind Structure, nil for other kinds. What begins with To
// takes the address of a value, which is large, and is for the way of nearly all expressions.
func ToObject(v *Value) Object {
	if v.kind != Structure {
		return nil
	}
	return v.ref.(Object)
}

// ToMap is the map of a value of kind Map, nil for other kinds.
func ToMap(v *Value) Mapping {
	if v.kind != Map {
		return nil
	}
	return v.ref.(Mapping)
}

// ToOneText is the text of a list of one text that OfTexts made; one is false for other values.
func ToOneText(v *Value) (text string, one bool) {
	return v.text, v.kind == List && v.ref == nil
}

// Size counts the items of a list.
func Size(v Value) int {
	switch list := v.ref.(type) {
	case []string:
		return len(list)
	case []Value:
		return len(list)
	}
	return 1
}

// Item is one item of a list; the index is in range.
func Item(v Value, i int) Value {
	switch list := v.ref.(type) {
	case []string:
		return OfText(list[i])
	case []Value:
		return list[i]
	}
	return OfText(v.text)
}

// AsMap is the map of a value of kind Map.
func AsMap(v Value) Mapping { return v.ref.(Mapping) }
