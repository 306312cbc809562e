package endpoint

// Schema is a JSON Schema compiled by the generator: keywords as Go data, so that a message
// is checked in one pass over its bytes.
//
// Keywords beyond these make the whole schema fall back to JSON, which is compiled at start.
// Semantics are those of JSON Schema 2020-12 for the keywords named; numbers with a zero
// fraction are integers.
type Schema struct {
	// JSON, when set, is the complete schema for the fallback validator, with its $schema
	// and its definitions; every other field is then empty.
	JSON JSON

	Never bool  // the schema false
	Types Types // 0: any
	Enum  []JSON
	Const JSON // "" : none

	// Numbers. Limits are decimal texts, "" for none, so that none loses precision.
	Minimum, Maximum, ExclusiveMinimum, ExclusiveMaximum, MultipleOf string

	// Strings. Lengths count code points; -1 or 0 as noted for none.
	MinLength int
	MaxLength *int
	Pattern   string // RE2, unanchored
	Format    string // date-time, date, time, uuid, email, uri, ipv4, ipv6, hostname; others are not checked

	// Arrays.
	Items       *Schema
	MinItems    int
	MaxItems    *int
	UniqueItems bool

	// Objects.
	Properties    []Property
	Required      []string
	Additional    *Schema // nil: anything
	MinProperties int
	MaxProperties *int

	AllOf, AnyOf, OneOf []*Schema

	// Ref names a schema of Defs of the root schema; every other keyword is then empty.
	Ref  string
	Defs map[string]*Schema // root only
}

// Property is one named property.
type Property struct {
	Name   string
	Schema *Schema
}

// Types is a set of JSON types.
type Types uint8

// The JSON types. Integer is not part of Number: number is written Integer|Number.
const (
	Null Types = 1 << iota
	Boolean
	Integer
	Number // with a fraction
	String
	Array
	Object
)
