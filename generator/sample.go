package generator

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/model"
)

// maxSampleDepth ends samples of recursive schemas.
const maxSampleDepth = 6

// sampleOf is a payload that web clients may publish, as JSON in one line, made from the examples
// and the keywords of its schema; "" when the operation does not publish JSON with a schema. It is
// a help for a first try, not a promise: a pattern without an example cannot be met.
func sampleOf(m *model.Model, op *model.Operation) string {
	if op.Publish == nil {
		return ""
	}
	name := op.Publish.Messages[0].Schema
	if name == "" {
		return ""
	}
	s := sampler{schemas: map[string]any{}}
	for _, schema := range m.Schemas {
		s.schemas[schema.Name] = schema.JSON
	}
	text, err := json.Marshal(s.value(s.schemas[name], 0))
	if err != nil {
		return ""
	}
	return string(text)
}

type sampler struct{ schemas map[string]any }

func (s sampler) value(schema any, depth int) any {
	object, ok := schema.(map[string]any)
	if !ok || depth > maxSampleDepth {
		return map[string]any{}
	}
	if ref, ok := object["$ref"].(string); ok {
		return s.value(s.schemas[strings.TrimPrefix(ref, "#/components/schemas/")], depth+1)
	}
	if given, ok := example(object); ok {
		return given
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		if branches, _ := object[keyword].([]any); len(branches) > 0 {
			return s.value(branches[0], depth+1)
		}
	}
	switch typeOf(object) {
	case "object":
		return s.object(object, depth)
	case "array":
		return []any{s.value(object["items"], depth+1)}
	case "string":
		return sampleText(object)
	case "integer", "number":
		return sampleNumber(object)
	case "boolean":
		return true
	}
	return nil
}

// example is a value that the schema itself gives.
func example(object map[string]any) (any, bool) {
	for _, keyword := range []string{"const", "example", "default"} {
		if value, ok := object[keyword]; ok && value != nil {
			return value, true
		}
	}
	for _, keyword := range []string{"examples", "enum"} {
		if list, _ := object[keyword].([]any); len(list) > 0 {
			return list[0], true
		}
	}
	return nil, false
}

func typeOf(object map[string]any) string {
	switch t := object["type"].(type) {
	case string:
		return t
	case []any:
		for _, name := range t {
			if text, _ := name.(string); text != "null" {
				return text
			}
		}
	}
	if object["properties"] != nil || object["allOf"] != nil {
		return "object"
	}
	return ""
}

// object has the mandatory properties, also those of allOf; all of them where none is mandatory.
func (s sampler) object(object map[string]any, depth int) any {
	out := map[string]any{}
	branches, _ := object["allOf"].([]any)
	for _, branch := range branches {
		if part, ok := s.value(branch, depth+1).(map[string]any); ok {
			maps.Copy(out, part)
		}
	}
	properties, _ := object["properties"].(map[string]any)
	required, _ := object["required"].([]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if len(required) == 0 || slices.Contains(required, any(name)) {
			out[name] = s.value(properties[name], depth+1)
		}
	}
	return out
}

func sampleText(object map[string]any) string {
	formats := map[string]string{
		"date-time": "2026-01-31T12:00:00Z", "date": "2026-01-31", "time": "12:00:00Z", "email": "a@example.com",
		"uuid": "7f2c1e8a-4b1d-4f6e-9a55-0d3c6b7e8f90", "uri": "https://example.com/", "hostname": "example.com", "ipv4": "192.0.2.1",
	}
	if format, _ := object["format"].(string); formats[format] != "" {
		return formats[format]
	}
	text := "text"
	if n := count(object["minLength"]); n > len(text) {
		text = strings.Repeat("x", n)
	}
	if n := count(object["maxLength"]); n > 0 && n < len(text) {
		text = text[:n]
	}
	return text
}

func sampleNumber(object map[string]any) any {
	for _, keyword := range []string{"minimum", "maximum", "multipleOf"} {
		if n, ok := object[keyword].(json.Number); ok {
			return n
		}
	}
	return 1
}

// count reads a small number of a schema; 0 where there is none.
func count(value any) int {
	n, _ := value.(json.Number)
	i, err := n.Int64()
	if err != nil || i > 1000 {
		return 0
	}
	return int(i)
}
