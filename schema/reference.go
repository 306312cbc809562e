package schema

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// document is the schema of whole documents. It stands alone, and in it a reference may stand for
// every value of an annotation: the values of the other kinds are checked after references were
// followed, a document as it was written.
type document struct {
	raw      map[string]any
	text     []byte
	compiled *jsonschema.Schema
}

// whole makes the schema of documents once, when it is asked for: no gateway needs it.
var whole = sync.OnceValue(func() *document {
	d, err := load().newDocument()
	if err != nil {
		panic(err) //nolint:forbidigo // a fault of the build, which every test shows
	}
	return d
})

func (lib *library) newDocument() (*document, error) {
	text, err := lib.bundle(string(Document))
	if err != nil {
		return nil, err
	}
	d := &document{}
	if d.raw, err = decode(text); err != nil {
		return nil, fmt.Errorf("schema: decode the schema of documents: %w", err)
	}
	definitions, _ := d.raw["definitions"].(map[string]any)
	for name, definition := range definitions {
		if schema, ok := definition.(map[string]any); ok && lib.raw[name] != nil && name != "expression" {
			admitReference(schema)
		}
	}
	if d.text, err = encode(d.raw); err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft7
	url := base + string(Document) + ".json"
	if err := compiler.AddResource(url, bytes.NewReader(d.text)); err != nil {
		return nil, fmt.Errorf("schema: add the schema of documents: %w", err)
	}
	if d.compiled, err = compiler.Compile(url); err != nil {
		return nil, fmt.Errorf("schema: compile the schema of documents: %w", err)
	}
	return d, nil
}

// isReference reports whether an object stands for the value that its $ref names.
func isReference(object map[string]any) bool {
	_, ok := object["$ref"].(string)
	return ok
}

// referenceProperty is the schema of the member $ref.
func referenceProperty() map[string]any {
	return map[string]any{"$ref": "#/definitions/reference"}
}

// admitReference lets { $ref: … } stand for a value of a schema, and for every value in it.
func admitReference(schema map[string]any) {
	for _, group := range []string{"properties", "definitions"} {
		members, _ := schema[group].(map[string]any)
		for name, member := range members {
			if sub, ok := member.(map[string]any); ok && name != "$schema" {
				admitReference(sub)
			}
		}
	}
	for _, keyword := range []string{"items", "additionalProperties"} {
		if sub, ok := schema[keyword].(map[string]any); ok {
			admitReference(sub)
		}
	}
	switch {
	case schema["$ref"] != nil: // what it leads to is a definition, which admits one
	case slices.Contains(typesOf(schema), "object"):
		admitInObject(schema)
	default:
		admitInstead(schema)
	}
}

// admitInObject adds $ref to the properties of an object. What is mandatory without one is not
// beside it.
func admitInObject(schema map[string]any) {
	properties, ok := schema["properties"].(map[string]any)
	if !ok {
		properties = map[string]any{}
		schema["properties"] = properties
	}
	properties["$ref"] = referenceProperty()
	whole := map[string]any{}
	for _, keyword := range []string{"required", "allOf"} {
		if rule, ok := schema[keyword]; ok {
			whole[keyword] = rule
			delete(schema, keyword)
		}
	}
	if len(whole) > 0 {
		admitInRules(whole)
		schema["if"] = map[string]any{"required": []any{"$ref"}}
		schema["else"] = whole
	}
}

// admitInRules exempts references from the rules that conditions put on members.
func admitInRules(rule map[string]any) {
	rules, _ := rule["allOf"].([]any)
	for _, sub := range rules {
		if sub, ok := sub.(map[string]any); ok {
			admitInRules(sub)
		}
	}
	then, ok := rule["then"].(map[string]any)
	if !ok {
		return
	}
	members, _ := then["properties"].(map[string]any)
	for name, member := range members {
		members[name] = map[string]any{
			"if":   map[string]any{"type": "object", "required": []any{"$ref"}},
			"else": member,
		}
	}
}

// admitInstead lets an object with a $ref stand for a text, a number, true or false, or a list.
// Its member stands behind a condition, so that editors write no object where they complete the
// value's name.
func admitInstead(schema map[string]any) {
	wanted := expectedTypes(anyTypes(schema))
	switch types := schema["type"].(type) {
	case string:
		schema["type"] = []any{types, "object"}
	case []any:
		schema["type"] = append(types, "object")
	}
	if values, ok := schema["enum"]; ok && schema["anyOf"] == nil {
		schema["anyOf"] = []any{map[string]any{"enum": values}}
		delete(schema, "enum")
	}
	if branches, ok := schema["anyOf"].([]any); ok {
		schema["anyOf"] = append(branches, map[string]any{"type": "object", "doNotSuggest": true})
	}
	schema["if"] = map[string]any{"type": "object"}
	schema["then"] = map[string]any{
		"properties":           map[string]any{"$ref": referenceProperty()},
		"required":             []any{"$ref"},
		"additionalProperties": false,
		"errorMessage":         "must be " + wanted + ", or { $ref: … }",
	}
}

// anyTypes lists the JSON types that a schema admits, null aside, as a keyword's argument.
func anyTypes(schema map[string]any) []any {
	var types []any
	for _, name := range typesOf(schema) {
		types = append(types, name)
	}
	return types
}
