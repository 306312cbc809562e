package types

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
)

// view is what a schema says about the shape of a value, with the members of its allOf merged
// in. Limits, patterns and conditions say nothing about the shape.
type view struct {
	ref         string // schema name, when the schema is nothing but a reference
	texts       []string
	deprecated  bool
	types       []string // nil: any
	conflict    bool     // allOf members that exclude each other
	properties  map[string][]any
	required    map[string]bool
	additional  any  // schema of other properties; nil: not said
	closed      bool // no other properties
	patterned   bool
	items       any
	enum        []any // nil: none
	format      string
	encoded     bool // base64
	unions      [][]any
	pivot       map[string]any // discriminator
	nullable    bool           // null was among the types and is taken out
	objectWords bool           // words that only objects have
	arrayWords  bool
}

// look reads the shape of a schema. Package dialect has cut the circles in which a schema would
// be part of its own shape. Shapes are kept, because unions ask for the same ones many times.
func (b *builder) look(schema any) view {
	object, ok := schema.(map[string]any)
	if !ok {
		return view{}
	}
	if known, ok := b.looked[address(object)]; ok {
		return known
	}
	v := view{}
	b.merge(&v, schema, map[string]bool{}, true)
	if v.ref == "" {
		v.infer()
		b.reduce(&v)
		v.stripNull()
	}
	b.looked[address(object)] = v
	return v
}

// named reads the shape of a schema of the document.
func (b *builder) named(schema string) view { return b.look(b.schemas[schema]) }

// annotations are keywords beside a reference that leave its shape alone.
var annotations = []string{"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"}

// bare gives the schema that a reference with nothing but annotations leads to; "" for others.
// An allOf of one reference is the usual way to write a description beside one.
func bare(schema map[string]any) string {
	ref, _ := schema["$ref"].(string)
	for key, value := range schema {
		if list, ok := value.([]any); ok && key == "allOf" && len(list) == 1 && ref == "" {
			only, _ := list[0].(map[string]any)
			if target, ok := only["$ref"].(string); ok && len(only) == 1 {
				ref = target
				continue
			}
		}
		if key != "$ref" && !slices.Contains(annotations, key) {
			return ""
		}
	}
	return strings.TrimPrefix(ref, dialect.RefPrefix)
}

// merge adds a schema to the view. Seen holds the references that were merged.
func (b *builder) merge(v *view, schema any, seen map[string]bool, top bool) {
	object, ok := schema.(map[string]any)
	if !ok {
		return
	}
	if text, ok := object["description"].(string); ok && top {
		v.texts = append(v.texts, text)
	}
	v.deprecated = v.deprecated || top && object["deprecated"] == true
	if top {
		if v.ref = bare(object); v.ref != "" {
			return
		}
	}
	if ref, ok := object["$ref"].(string); ok && !seen[ref] {
		seen[ref] = true
		b.merge(v, b.schemas[strings.TrimPrefix(ref, dialect.RefPrefix)], seen, false)
	}
	for _, member := range list(object["allOf"]) {
		b.merge(v, member, seen, false)
	}
	v.mergeScalar(object)
	v.mergeObject(object)
	if items, ok := object["items"]; ok && v.items == nil {
		v.items, v.arrayWords = items, true
	}
	if _, ok := object["prefixItems"]; ok {
		v.items, v.arrayWords = true, true // Go has no tuples
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		if branches := list(object[key]); len(branches) > 0 {
			v.unions = append(v.unions, branches)
		}
	}
	if pivot, ok := object["discriminator"].(map[string]any); ok {
		v.pivot = pivot
	}
}

// mergeScalar adds types, enumerations and formats.
func (v *view) mergeScalar(object map[string]any) {
	if types := texts(object["type"]); types != nil {
		v.intersect(types)
	}
	values := list(object["enum"])
	if value, ok := object["const"]; ok {
		values = []any{value}
	}
	if values != nil {
		v.enum = values
	}
	if format, ok := object["format"].(string); ok {
		v.format = format
	}
	v.encoded = v.encoded || object["contentEncoding"] == "base64"
}

// mergeObject adds properties.
func (v *view) mergeObject(object map[string]any) {
	properties, _ := object["properties"].(map[string]any)
	for name, schema := range properties {
		if v.properties == nil {
			v.properties = map[string][]any{}
		}
		v.properties[name] = append(v.properties[name], schema)
	}
	for _, name := range texts(object["required"]) {
		if v.required == nil {
			v.required = map[string]bool{}
		}
		v.required[name] = true
	}
	switch additional := object["additionalProperties"].(type) {
	case nil:
	case bool:
		v.closed = v.closed || !additional
		if additional && v.additional == nil {
			v.additional = true
		}
	default:
		v.additional = additional
	}
	_, patterned := object["patternProperties"]
	v.patterned = v.patterned || patterned
	v.objectWords = v.objectWords || v.properties != nil || v.required != nil || v.additional != nil || v.closed || patterned
}

// intersect keeps the types that both sides admit.
func (v *view) intersect(types []string) {
	if v.types == nil {
		v.types = types
		return
	}
	var both []string
	for _, t := range v.types {
		switch {
		case slices.Contains(types, t), t == "integer" && slices.Contains(types, "number"):
			both = append(both, t)
		case t == "number" && slices.Contains(types, "integer"):
			both = append(both, "integer")
		}
	}
	v.conflict = v.conflict || len(both) == 0
	v.types = both
}

// infer finds the type of a schema that does not say it.
func (v *view) infer() {
	if v.types != nil {
		return
	}
	switch {
	case v.objectWords && !v.arrayWords:
		v.types = []string{"object"}
	case v.arrayWords && !v.objectWords:
		v.types = []string{"array"}
	case v.enum != nil:
		found := map[string]bool{}
		for _, value := range v.enum {
			found[jsonType(value)] = true
		}
		v.types = slices.Sorted(maps.Keys(found))
	}
}

// description is the first text that says what the schema is about.
func (v *view) description() string {
	if len(v.texts) == 0 {
		return ""
	}
	return v.texts[0]
}

// property is the schema of a property: of all the schemas that an allOf gives it. The same ones
// give the same schema again.
func (b *builder) property(v *view, name string) any {
	schemas := v.properties[name]
	if len(schemas) == 1 {
		return schemas[0]
	}
	var key strings.Builder
	for _, schema := range schemas {
		if object, ok := schema.(map[string]any); ok {
			fmt.Fprintf(&key, "%x ", address(object))
		} else {
			fmt.Fprintf(&key, "%v ", schema)
		}
	}
	if b.combined[key.String()] == nil {
		b.combined[key.String()] = map[string]any{"allOf": schemas}
	}
	return b.combined[key.String()]
}

// address tells schemas apart. Those of the input live as long as the builder.
func address(schema map[string]any) uintptr { return reflect.ValueOf(schema).Pointer() }

// jsonType is the JSON Schema type of a value.
func jsonType(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case json.Number:
		if _, err := value.Int64(); err == nil {
			return "integer"
		}
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}

func list(v any) []any {
	items, _ := v.([]any)
	return items
}

func texts(v any) []string {
	var out []string
	for _, item := range list(v) {
		if text, ok := item.(string); ok {
			out = append(out, text)
		}
	}
	return out
}
