package ir

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// The decision between the two validators of the runtime is made in this file, per payload: a
// schema that uses only what endpoint.Schema can hold becomes Go literals, any other is handed to
// the fallback validator whole, as JSON.

// formats are those that are checked, by either validator. In the JSON form the others are left
// out, so that both mean the same.
var formats = []string{"date-time", "date", "time", "uuid", "email", "uri", "ipv4", "ipv6", "hostname"}

// typeBits translates type names.
var typeBits = map[string]endpoint.Types{
	"null": endpoint.Null, "boolean": endpoint.Boolean, "integer": endpoint.Integer,
	"number": endpoint.Integer | endpoint.Number, "string": endpoint.String,
	"array": endpoint.Array, "object": endpoint.Object,
}

// native compiles a schema to Go data; false when a keyword needs the fallback. References stay
// references.
func native(schema dialect.Schema) (*endpoint.Schema, bool) {
	object, ok := schema.(map[string]any)
	if !ok {
		return &endpoint.Schema{Never: schema == false}, true
	}
	c := compiler{out: &endpoint.Schema{}, ok: true}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		c.keyword(object, key)
	}
	return c.out, c.ok
}

// compiler collects the keywords of one schema.
type compiler struct {
	out *endpoint.Schema
	ok  bool
}

func (c *compiler) keyword(object map[string]any, key string) {
	out, v := c.out, object[key]
	switch key {
	case "$ref":
		c.reference(strings.TrimPrefix(v.(string), dialect.RefPrefix), object)
	case "type":
		for _, name := range v.([]any) {
			out.Types |= typeBits[name.(string)]
		}
	case "enum":
		for _, value := range v.([]any) {
			out.Enum = append(out.Enum, text(value))
		}
	case "const":
		out.Const = text(v)
	case "minimum":
		out.Minimum = v.(json.Number).String()
	case "maximum":
		out.Maximum = v.(json.Number).String()
	case "exclusiveMinimum":
		out.ExclusiveMinimum = v.(json.Number).String()
	case "exclusiveMaximum":
		out.ExclusiveMaximum = v.(json.Number).String()
	case "multipleOf":
		out.MultipleOf = v.(json.Number).String()
	case "minLength":
		out.MinLength = count(v)
	case "maxLength":
		out.MaxLength = new(count(v))
	case "pattern":
		out.Pattern = v.(string)
	case "format":
		if slices.Contains(formats, v.(string)) {
			out.Format = v.(string)
		}
	default:
		c.container(key, v)
	}
}

// container compiles the keywords of arrays, objects and combinations.
func (c *compiler) container(key string, v any) {
	out := c.out
	switch key {
	case "items":
		out.Items = c.unlessTrue(v)
	case "minItems":
		out.MinItems = count(v)
	case "maxItems":
		out.MaxItems = new(count(v))
	case "uniqueItems":
		out.UniqueItems = v == true
	case "properties":
		properties := v.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			out.Properties = append(out.Properties, endpoint.Property{Name: name, Schema: c.schema(properties[name])})
		}
	case "required":
		for _, name := range v.([]any) {
			out.Required = append(out.Required, name.(string))
		}
	case "additionalProperties":
		out.Additional = c.unlessTrue(v)
	case "minProperties":
		out.MinProperties = count(v)
	case "maxProperties":
		out.MaxProperties = new(count(v))
	case "allOf":
		out.AllOf = append(out.AllOf, c.schemas(v)...)
	case "anyOf":
		out.AnyOf = c.schemas(v)
	case "oneOf":
		out.OneOf = c.schemas(v)
	default:
		c.ok = c.ok && annotation(key)
	}
}

// reference writes a reference: alone it is all there is, beside others it is one of all.
func (c *compiler) reference(name string, object map[string]any) {
	for key := range object {
		if key != "$ref" && !annotation(key) {
			c.out.AllOf = append(c.out.AllOf, &endpoint.Schema{Ref: name})
			return
		}
	}
	c.out.Ref = name
}

func (c *compiler) schema(v any) *endpoint.Schema {
	s, ok := native(v)
	c.ok = c.ok && ok
	return s
}

func (c *compiler) unlessTrue(v any) *endpoint.Schema {
	if v == true {
		return nil
	}
	return c.schema(v)
}

func (c *compiler) schemas(v any) []*endpoint.Schema {
	var out []*endpoint.Schema
	for _, item := range v.([]any) {
		out = append(out, c.schema(item))
	}
	return out
}

// annotation reports whether a keyword of the one dialect checks nothing.
func annotation(key string) bool {
	switch key {
	case "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
		"contentEncoding", "contentMediaType", "discriminator":
		return true
	}
	return false
}

func count(v any) int {
	n, _ := v.(json.Number).Int64() // an integer from 0: dialect saw to it
	return int(n)
}
