package expr

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
	// Property reads a property that the declarations of scopes.go name.
	Property(name string) (Value, error)
}

// Mapping is a value with entries.
type Mapping interface {
	// Get finds the entry of a key; false when there is none. The mapping decides about case.
	Get(key string) (Value, bool)
	// Keys lists the keys in a stable order.
	Keys() []string
}

// Scope gives the variables of one evaluation, by their names without "#". It is called once
// for each use of a variable.
type Scope interface {
	Variable(name string) (Value, error)
}

// TextValue makes a text.
func TextValue(s string) Value { return Value{kind: Text, text: s} }

// BoolValue makes a boolean.
func BoolValue(b bool) Value {
	if b {
		return Value{kind: Bool, number: 1}
	}
	return Value{kind: Bool}
}

// TextsValue makes a list of texts; null from nil. A list of one text, as most headers are, is
// made without an allocation.
func TextsValue(list []string) Value {
	switch {
	case list == nil:
		return Value{}
	case len(list) == 1:
		return Value{kind: List, text: list[0]}
	}
	return Value{kind: List, ref: list}
}

// ListValue makes a list.
func ListValue(list []Value) Value { return Value{kind: List, ref: list} }

// MapValue makes a map.
func MapValue(m Mapping) Value { return Value{kind: Map, ref: m} }

// ObjectValue makes a value with properties.
func ObjectValue(o Object) Value { return Value{kind: Structure, ref: o} }

// Kind says what the value is.
func (v Value) Kind() Kind { return v.kind }

// length counts the items of a list.
func (v Value) length() int {
	switch list := v.ref.(type) {
	case []string:
		return len(list)
	case []Value:
		return len(list)
	}
	return 1
}

// item is one item of a list; the index is in range.
func (v Value) item(i int) Value {
	switch list := v.ref.(type) {
	case []string:
		return TextValue(list[i])
	case []Value:
		return list[i]
	}
	return TextValue(v.text)
}

// mapping is the map of a value of kind Map.
func (v Value) mapping() Mapping { return v.ref.(Mapping) }

// entries is a map made by an expression or read from JSON.
type entries struct {
	keys   []string
	values map[string]Value
}

func newEntries() *entries { return &entries{values: map[string]Value{}} }

func (e *entries) set(key string, v Value) {
	if _, known := e.values[key]; !known {
		e.keys = append(e.keys, key)
	}
	e.values[key] = v
}

// Get implements Mapping.
func (e *entries) Get(key string) (Value, bool) {
	v, ok := e.values[key]
	return v, ok
}

// Keys implements Mapping.
func (e *entries) Keys() []string { return e.keys }
