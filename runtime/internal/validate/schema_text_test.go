package validate_test

import (
	"encoding/json"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// schemaText writes a schema as JSON Schema 2020-12, for the reference validator.
func schemaText(s *endpoint.Schema) string {
	if s.JSON != "" {
		return string(s.JSON)
	}
	root := schemaObject(s)
	if m, ok := root.(map[string]any); ok {
		m["$schema"] = "https://json-schema.org/draft/2020-12/schema"
		defs := map[string]any{}
		for name, d := range s.Defs {
			defs[name] = schemaObject(d)
		}
		m["$defs"] = defs
	}
	text, err := json.Marshal(root)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func schemaObject(s *endpoint.Schema) any {
	switch {
	case s == nil:
		return true
	case s.Never:
		return false
	case s.Ref != "":
		return map[string]any{"$ref": "#/$defs/" + s.Ref}
	}
	m := map[string]any{}
	putScalars(m, s)
	putContainers(m, s)
	for name, list := range map[string][]*endpoint.Schema{"allOf": s.AllOf, "anyOf": s.AnyOf, "oneOf": s.OneOf} {
		if len(list) > 0 {
			subs := make([]any, len(list))
			for i, sub := range list {
				subs[i] = schemaObject(sub)
			}
			m[name] = subs
		}
	}
	return m
}

func putScalars(m map[string]any, s *endpoint.Schema) {
	for name, text := range map[string]string{
		"minimum": s.Minimum, "maximum": s.Maximum, "exclusiveMinimum": s.ExclusiveMinimum,
		"exclusiveMaximum": s.ExclusiveMaximum, "multipleOf": s.MultipleOf, "const": string(s.Const),
	} {
		if text != "" {
			m[name] = json.RawMessage(text)
		}
	}
	if s.Types != 0 {
		m["type"] = typeList(s.Types)
	}
	if s.Enum != nil {
		list := make([]json.RawMessage, len(s.Enum))
		for i, v := range s.Enum {
			list[i] = json.RawMessage(v)
		}
		m["enum"] = list
	}
	if s.Pattern != "" {
		m["pattern"] = s.Pattern
	}
	if s.Format != "" {
		m["format"] = s.Format
	}
	putCounts(m, s.MinLength, s.MaxLength, "Length")
}

func putContainers(m map[string]any, s *endpoint.Schema) {
	putCounts(m, s.MinItems, s.MaxItems, "Items")
	putCounts(m, s.MinProperties, s.MaxProperties, "Properties")
	if s.Items != nil {
		m["items"] = schemaObject(s.Items)
	}
	if s.UniqueItems {
		m["uniqueItems"] = true
	}
	if len(s.Properties) > 0 {
		props := map[string]any{}
		for _, p := range s.Properties {
			props[p.Name] = schemaObject(p.Schema)
		}
		m["properties"] = props
	}
	if len(s.Required) > 0 {
		m["required"] = s.Required
	}
	if s.Additional != nil {
		m["additionalProperties"] = schemaObject(s.Additional)
	}
}

func putCounts(m map[string]any, least int, most *int, what string) {
	if least > 0 {
		m["min"+what] = least
	}
	if most != nil {
		m["max"+what] = *most
	}
}

// typeList names the types; Integer with Number is "number".
func typeList(t endpoint.Types) []string {
	var list []string
	for _, one := range []struct {
		bit  endpoint.Types
		name string
	}{
		{endpoint.Null, "null"},
		{endpoint.Boolean, "boolean"},
		{endpoint.String, "string"},
		{endpoint.Array, "array"},
		{endpoint.Object, "object"},
	} {
		if t&one.bit != 0 {
			list = append(list, one.name)
		}
	}
	if t&endpoint.Number != 0 {
		return append(list, "number")
	}
	if t&endpoint.Integer != 0 {
		list = append(list, "integer")
	}
	return list
}
