package expr

import "github.com/penstock-dev/penstock/runtime/expr/internal/value"

// Value is one value of an expression. The zero value is null. Values are not changed after
// they were made and may be shared. Its methods: Kind and IsNull; Text is what a template writes,
// Texts a list of names, Any what encoding/json would decode; these three fail with ErrLimit
// beyond the limits of an evaluation.
type Value = value.Value

// Kind is what a value is.
type Kind = value.Kind

// The kinds. Any is of types only: nothing is known.
const (
	Null      = value.Null
	Bool      = value.Bool
	Int       = value.Int   // 64 bits, where Java has int and long
	Float     = value.Float // 64 bits
	Text      = value.Text
	List      = value.List
	Map       = value.Map
	Structure = value.Structure // named properties, as #request has
	Any       = value.Any
)

// Object is a value with named properties: Property(name string) (Value, error).
type Object = value.Object

// Mapping is a value with entries: Get(key string) (Value, bool), which decides about case, and
// Keys() []string in a stable order.
type Mapping = value.Mapping

// Texts is a map of texts as a Mapping, with its keys sorted. It is not copied.
type Texts = value.Texts

// TextValue makes a text.
func TextValue(s string) Value { return value.OfText(s) }

// BoolValue makes a boolean.
func BoolValue(b bool) Value { return value.OfBool(b) }

// IntValue makes a whole number.
func IntValue(n int64) Value { return value.OfInt(n) }

// FloatValue makes a number with a fraction.
func FloatValue(f float64) Value { return value.OfFloat(f) }

// TextsValue makes a list of texts; null from nil. A list of one text, as most headers are, is
// made without an allocation.
func TextsValue(list []string) Value { return value.OfTexts(list) }

// MapValue makes a map.
func MapValue(m Mapping) Value { return value.OfMap(m) }

// ObjectValue makes a value with properties.
func ObjectValue(o Object) Value { return value.OfObject(o) }

// ValueOf makes a value of what Go code has: nil, booleans, numbers, texts ([]byte and
// fmt.Stringer too), and slices and maps with text keys of them, as encoding/json decodes them or
// typed. Maps are read when they are asked for and must not change meanwhile. Anything else, and
// lists nested more than 64 deep, are null.
func ValueOf(x any) Value { return value.Of(x) }

// JSONValue reads JSON text (RFC 8259): whole numbers of 64 bits stay whole, keys are sorted.
// More than 64 levels or 20,000 values are an error; errors never hold a part of the text.
func JSONValue(text []byte) (Value, error) { return value.OfJSON(text) }
