package types

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/penstock-dev/penstock/generator/internal/goname"
)

// kind is the Go form of a shape.
type kind uint8

const (
	anything kind = iota
	basic
	enumeration
	slice
	dictionary
	structure
	union
)

// kind decides the Go form.
func (v *view) kind() kind {
	switch {
	case v.conflict || len(v.unions) > 1:
		return anything
	case len(v.unions) == 1 && (v.types == nil || slices.Equal(v.types, []string{"object"})):
		return union
	case slices.Equal(v.types, []string{"integer", "number"}):
		return basic
	case len(v.types) != 1:
		return anything
	}
	switch v.types[0] {
	case "object":
		if len(v.properties) == 0 || !v.fits() {
			return dictionary
		}
		return structure
	case "array":
		return slice
	case "string", "integer":
		if len(v.constants()) > 0 {
			return enumeration
		}
	case "null":
		return anything
	}
	return basic
}

// stripNull takes null out of the types.
func (v *view) stripNull() {
	if len(v.types) < 2 || !slices.Contains(v.types, "null") {
		return
	}
	v.nullable = true
	v.types = slices.DeleteFunc(slices.Clone(v.types), func(t string) bool { return t == "null" })
}

// at gives the type of a schema that stands in a place. What needs a declaration of its own gets
// it under the name, or under the name and a number.
func (b *builder) at(schema any, name string) *openapi3.SchemaRef {
	v := b.look(schema)
	if v.ref != "" {
		target, ok := b.resolve(v.ref)
		if !ok {
			return &openapi3.SchemaRef{Value: &openapi3.Schema{}}
		}
		value, shape := documented(&v), b.named(target)
		value.Nullable = v.nullable || shape.nullable
		return refTo(b.names[v.ref], value)
	}
	object, _ := schema.(map[string]any)
	switch v.kind() {
	case structure, union, enumeration:
		declared := b.declared[address(object)]
		if declared == "" {
			declared = b.scope.Free(name)
			b.declared[address(object)] = declared // before its parts, which may lead back here
			b.declareAs(declared, b.shape(&v, declared))
		}
		value := documented(&v)
		value.Nullable = v.nullable
		return refTo(declared, value)
	case slice, dictionary:
		if b.open[address(object)] { // a list of itself has no type without a name
			return &openapi3.SchemaRef{Value: &openapi3.Schema{}}
		}
		b.open[address(object)] = true
		defer delete(b.open, address(object))
	}
	return &openapi3.SchemaRef{Value: b.shape(&v, name)}
}

// declare gives a shape a declaration and refers to it.
func (b *builder) declare(name string, s *openapi3.Schema) *openapi3.SchemaRef {
	name = b.scope.Free(name)
	b.declareAs(name, s)
	return refTo(name, &openapi3.Schema{Nullable: s.Nullable})
}

func (b *builder) declareAs(name string, s *openapi3.Schema) {
	if s.Description == "" {
		s.Description = "is part of " + b.owner + "."
	}
	b.out[name] = &openapi3.SchemaRef{Value: s}
}

// documented is a schema with the texts of a view.
func documented(v *view) *openapi3.Schema {
	s := &openapi3.Schema{Description: goname.Prose(v.description()), Deprecated: v.deprecated}
	if v.deprecated {
		s.Extensions = map[string]any{"x-deprecated-reason": "the document says so."}
	}
	return s
}

// shape writes a view as a schema that oapi-codegen turns into the intended type.
func (b *builder) shape(v *view, name string) *openapi3.Schema {
	s := documented(v)
	s.Nullable = v.nullable
	switch v.kind() {
	case anything:
	case slice:
		s.Type = &openapi3.Types{"array"}
		if v.items != nil {
			s.Items = b.at(v.items, name+"Item")
		}
	case dictionary:
		s.Type = &openapi3.Types{"object"}
		b.additional(s, v, name+"Value")
	case structure:
		s.Type = &openapi3.Types{"object"}
		b.fields(s, v, name)
	case union:
		if !b.union(s, v, name) {
			return documented(v)
		}
		if len(v.properties) > 0 && v.fits() {
			s.Type = &openapi3.Types{"object"}
			b.fields(s, v, name)
		}
	case enumeration:
		s.Type = &openapi3.Types{v.types[0]}
		b.constants(s, v, name)
	case basic:
		v.basic(s)
	}
	return s
}

// basic fills type and format. Only formats whose Go type takes every text that the validator
// lets pass are kept.
func (v *view) basic(s *openapi3.Schema) {
	name := v.types[len(v.types)-1]
	s.Type = &openapi3.Types{name}
	switch {
	case name == "string" && (v.encoded || v.format == "byte"):
		s.Format = "byte"
	case name == "string" && slices.Contains([]string{"date-time", "date", "uuid"}, v.format),
		name == "integer" && slices.Contains([]string{"int32", "int64"}, v.format),
		name == "number" && slices.Contains([]string{"float", "double"}, v.format):
		s.Format = v.format
	}
}

// additional fills the type of properties that have no field.
func (b *builder) additional(s *openapi3.Schema, v *view, name string) {
	switch {
	case !v.fits(), v.patterned && !v.closed, v.patterned && len(v.properties) > 0, v.additional == true:
		s.AdditionalProperties = openapi3.AdditionalProperties{Has: new(true)}
	case v.additional != nil && !v.closed:
		ref := b.at(v.additional, name)
		s.AdditionalProperties = openapi3.AdditionalProperties{Schema: ref}
		if ref.Value.Nullable && v.kind() != dictionary {
			// oapi-codegen's marshalling beside fields does not know that such values are pointers.
			s.AdditionalProperties = openapi3.AdditionalProperties{Has: new(true)}
		}
	}
}

// fits reports whether every property can be a field: encoding/json ignores a tag whose name
// holds other characters than these, and oapi-codegen copies names without quoting.
func (v *view) fits() bool {
	for name := range v.properties {
		if !fitsTag(name) {
			return false
		}
	}
	return true
}

func fitsTag(name string) bool {
	return name != "" && name != "-" && strings.IndexFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$&()*+-./:;<=>?@[]^_{|}~ ", r) || r == unicode.ReplacementChar
	}) < 0
}

// fields fills the properties of a struct, each with a Go name that is unique in it.
func (b *builder) fields(s *openapi3.Schema, v *view, name string) {
	b.additional(s, v, name+"Value")
	var scope goname.Set
	scope.Reserve("AdditionalProperties", "Get", "Set", "MarshalJSON", "UnmarshalJSON", "Discriminator", "ValueByDiscriminator")
	for _, element := range s.OneOf {
		_, target, _ := strings.Cut(element.Ref, "#/components/schemas/")
		scope.Reserve("As"+target, "From"+target, "Merge"+target)
	}
	s.Properties = openapi3.Schemas{}
	for _, property := range slices.Sorted(maps.Keys(v.properties)) {
		field := scope.Free(fieldName(property))
		ref := b.at(b.property(v, property), name+field)
		if ref.Extensions == nil {
			ref.Extensions = map[string]any{}
		}
		ref.Extensions["x-go-name"] = field
		optional(ref, v.required[property], s.AdditionalProperties.Has != nil || s.AdditionalProperties.Schema != nil || len(s.OneOf) > 0)
		s.Properties[property] = ref
		if v.required[property] {
			s.Required = append(s.Required, property)
			b.hold(name, ref)
		}
	}
}

// optional decides how the absence of a property is written. An empty list or map is a value, nil
// is none. Hand-written marshalling, of types that keep other properties, looks at pointers only:
// there a type of its own makes the pointer that oapi-codegen would leave out.
func optional(ref *openapi3.SchemaRef, required, marshals bool) {
	if required || ref.Ref != "" {
		return
	}
	s := ref.Value
	switch {
	case s.Type == nil && marshals:
		ref.Extensions["x-go-type"] = "interface{}"
	case s.Type == nil:
	case s.Format == "byte" && marshals:
		ref.Extensions["x-go-type"] = "[]byte"
	case s.Type.Is("array"), s.Type.Is("object"), s.Format == "byte":
		ref.Extensions["x-omitempty"], ref.Extensions["x-omitzero"] = false, true
	}
}

// fieldName is the Go name that a property asks for.
func fieldName(property string) string {
	name := goname.Exported(property)
	switch {
	case name == "":
		return "Field"
	case name[0] >= '0' && name[0] <= '9':
		return "N" + name
	}
	return name
}

// constants lists the values of an enumeration that can be Go constants; none when one of them
// cannot.
func (v *view) constants() []any {
	var out []any
	for _, value := range v.enum {
		switch text := value.(type) {
		case nil:
			continue
		case string:
			if v.types[0] != "string" || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar || r == '\uFEFF' }) {
				return nil
			}
		case json.Number:
			if _, err := text.Int64(); err != nil || v.types[0] != "integer" {
				return nil
			}
		default:
			return nil
		}
		if !slices.Contains(out, value) {
			out = append(out, value)
		}
	}
	return out
}

// constants fills the values of an enumeration, each with a name that is unique in the package.
func (b *builder) constants(s *openapi3.Schema, v *view, name string) {
	s.Enum = v.constants()
	parts := make([]any, len(s.Enum))
	for i, value := range s.Enum {
		full := b.scope.Free(name + constantName(value))
		parts[i] = strings.TrimPrefix(full, name)
	}
	s.Extensions = map[string]any{"x-enum-varnames": parts}
}

// constantName is the part of a constant's name that says its value.
func constantName(value any) string {
	text, isText := value.(string)
	if !isText {
		number := value.(json.Number).String()
		if digits, negative := strings.CutPrefix(number, "-"); negative {
			return "Minus" + digits
		}
		return "N" + number
	}
	part := goname.Exported(text)
	switch {
	case text == "":
		return "Empty"
	case part == "":
		return "Value"
	case part[0] >= '0' && part[0] <= '9':
		return "N" + part
	}
	return part
}
