package dialect

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// kind says what the value of a keyword must be.
type kind uint8

const (
	schemaKind kind = iota + 1
	schemaListKind
	schemaMapKind
	anyKind
	listKind   // of anything, not empty
	typeKind   // a type name or a list of them
	textKind   // a string
	numberKind // a number
	stepKind   // a number above 0
	countKind  // an integer from 0
	flagKind   // a boolean
	namesKind  // a list of strings
	namesMapKind
	patternKind
	patternMapKind
	discriminatorKind
	refKind
)

// keywords are those that the one form knows. Others are annotations of other tools.
var keywords = map[string]kind{
	"$ref": refKind, "type": typeKind, "enum": listKind, "const": anyKind,
	"minimum": numberKind, "maximum": numberKind, "exclusiveMinimum": numberKind, "exclusiveMaximum": numberKind,
	"multipleOf": stepKind, "minLength": countKind, "maxLength": countKind, "pattern": patternKind, "format": textKind,
	"items": schemaKind, "prefixItems": schemaListKind, "contains": schemaKind, "minContains": countKind,
	"maxContains": countKind, "minItems": countKind, "maxItems": countKind, "uniqueItems": flagKind,
	"unevaluatedItems": schemaKind, "properties": schemaMapKind, "patternProperties": patternMapKind,
	"additionalProperties": schemaKind, "propertyNames": schemaKind, "required": namesKind,
	"minProperties": countKind, "maxProperties": countKind, "dependentRequired": namesMapKind,
	"dependentSchemas": schemaMapKind, "unevaluatedProperties": schemaKind,
	"allOf": schemaListKind, "anyOf": schemaListKind, "oneOf": schemaListKind, "not": schemaKind,
	"if": schemaKind, "then": schemaKind, "else": schemaKind,
	"title": textKind, "description": textKind, "default": anyKind, "examples": listKind, "deprecated": flagKind,
	"readOnly": flagKind, "writeOnly": flagKind, "contentEncoding": textKind, "contentMediaType": textKind,
	"discriminator": discriminatorKind,
}

// typeNames are the types of JSON Schema.
var typeNames = []string{"null", "boolean", "integer", "number", "string", "array", "object"}

// scalar normalises the value of a keyword that holds no schemas, or patterns with them.
func (n *normaliser) scalar(kind kind, v any, path []string) (any, bool) {
	switch kind {
	case anyKind:
		return v, true
	case listKind:
		if list, ok := v.([]any); ok && len(list) > 0 {
			return v, true
		}
		return nil, n.refuse(path, "must be a list that is not empty")
	case textKind:
		if _, ok := v.(string); ok {
			return v, true
		}
		return nil, n.refuse(path, "must be a text")
	case flagKind:
		if _, ok := v.(bool); ok {
			return v, true
		}
		return nil, n.refuse(path, "must be true or false")
	case numberKind, stepKind, countKind:
		return n.number(kind, v, path)
	case typeKind:
		return n.types(v, path)
	case namesKind:
		return n.names(v, path)
	case namesMapKind:
		return n.namesMap(v, path)
	case patternKind:
		return n.pattern(v, path)
	case patternMapKind:
		return n.patternMap(v, path)
	case discriminatorKind:
		return n.discriminator(v, path)
	case refKind:
		ref, ok := v.(string)
		switch {
		case !ok:
			return nil, n.refuse(path, "must be a text")
		case !n.known[ref]:
			return nil, n.refuse(path, "%q refers to no schema", ref)
		}
		return v, true
	}
	return nil, false
}

func (n *normaliser) number(kind kind, v any, path []string) (any, bool) {
	text, ok := v.(json.Number)
	if !ok {
		return nil, n.refuse(path, "must be a number")
	}
	// The digits of an exponent decide about the memory that an exact number needs.
	if _, exponent, found := strings.Cut(strings.ToLower(text.String()), "e"); found && len(strings.TrimLeft(exponent, "+-0")) > 3 {
		return nil, n.refuse(path, "is beyond any number of a message")
	}
	value, ok := new(big.Rat).SetString(text.String())
	switch {
	case !ok:
		return nil, n.refuse(path, "must be a number")
	case kind == stepKind && value.Sign() <= 0:
		return nil, n.refuse(path, "must be above 0")
	case kind == countKind && (value.Sign() < 0 || !value.IsInt() || !value.Num().IsInt64()):
		return nil, n.refuse(path, "must be an integer from 0")
	case kind == countKind:
		return json.Number(value.Num().String()), true
	}
	return text, true
}

// types gives a sorted list of type names: one spelling for one meaning.
func (n *normaliser) types(v any, path []string) (any, bool) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	found := map[string]bool{}
	for _, item := range list {
		name, ok := item.(string)
		if !ok || !slices.Contains(typeNames, name) {
			return nil, n.refuse(path, "must be one of %s, or a list of them", strings.Join(typeNames, ", "))
		}
		found[name] = true
	}
	var out []any
	for _, name := range typeNames {
		if found[name] {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return nil, n.refuse(path, "must not be an empty list")
	}
	return out, true
}

func (n *normaliser) names(v any, path []string) (any, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, n.refuse(path, "must be a list of names")
	}
	var out []any
	for _, item := range list {
		name, ok := item.(string)
		if !ok {
			return nil, n.refuse(path, "must be a list of names")
		}
		if !slices.Contains(out, any(name)) {
			out = append(out, name)
		}
	}
	return out, len(out) > 0
}

func (n *normaliser) namesMap(v any, path []string) (any, bool) {
	object, ok := v.(map[string]any)
	if !ok {
		return nil, n.refuse(path, "must be an object of lists of names")
	}
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if list, ok := n.names(object[name], extend(path, name)); ok {
			out[name] = list
		}
	}
	return out, len(out) > 0
}

// discriminator takes OpenAPI's object; AsyncAPI's text was made one before.
func (n *normaliser) discriminator(v any, path []string) (any, bool) {
	object, _ := v.(map[string]any)
	property, ok := object["propertyName"].(string)
	if !ok {
		return nil, n.refuse(path, "must name a property")
	}
	out := map[string]any{"propertyName": property}
	mapping := map[string]any{}
	targets, _ := object["mapping"].(map[string]any)
	for value, target := range targets {
		name, ok := target.(string)
		if !ok {
			return nil, n.refuse(path, "must map values to schemas")
		}
		if !strings.HasPrefix(name, RefPrefix) {
			name = RefPrefix + name
		}
		mapping[value] = name
	}
	if len(mapping) > 0 {
		out["mapping"] = mapping
	}
	return out, true
}
