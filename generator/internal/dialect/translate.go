package dialect

import (
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/generator/internal/model"
)

// later are keywords that came after draft-07 and mean nothing in it.
var later = []string{
	"prefixItems", "minContains", "maxContains", "unevaluatedItems", "unevaluatedProperties",
	"dependentRequired", "dependentSchemas",
}

// translate rewrites the keywords of a schema's own dialect to those of 2020-12. It returns a
// copy when it changes something.
func (n *normaliser) translate(object map[string]any, path []string) map[string]any {
	object = maps.Clone(object)
	for _, key := range []string{"$dynamicRef", "$recursiveRef"} {
		if _, ok := object[key]; ok {
			n.warn(extend(path, key), "%s is not followed: what it refers to is not checked", key)
		}
	}
	if example, ok := object["example"]; ok && object["examples"] == nil {
		object["examples"] = []any{example}
	}
	if property, ok := object["discriminator"].(string); ok {
		object["discriminator"] = map[string]any{"propertyName": property}
	}
	if n.schema.Dialect == model.Draft2020 {
		return object
	}
	if ref, ok := object["$ref"]; ok {
		return map[string]any{"$ref": ref}
	}
	for _, key := range later {
		delete(object, key)
	}
	if n.schema.Dialect == model.OpenAPI30 {
		exclusive(object, "exclusiveMinimum", "minimum")
		exclusive(object, "exclusiveMaximum", "maximum")
		object = nullable(object)
	}
	tuple(object)
	dependencies(object)
	return object
}

// nullable adds null to what a schema admits. OpenAPI 3.0.3 says that the word means nothing
// without a type, and that an enumeration has to list null itself; documents are written as
// tools read it: null is allowed.
func nullable(object map[string]any) map[string]any {
	if object["nullable"] != true {
		return object
	}
	delete(object, "nullable")
	if values, ok := object["enum"].([]any); ok {
		object["enum"] = append(slices.Clone(values), nil)
	}
	if t, ok := object["type"].(string); ok {
		object["type"] = []any{t, "null"}
		return object
	}
	out, inner := map[string]any{}, map[string]any{}
	for key, value := range object {
		if slices.Contains(annotations, key) {
			out[key] = value
		} else {
			inner[key] = value
		}
	}
	if len(inner) > 0 {
		out["anyOf"] = []any{map[string]any{"type": "null"}, inner}
	}
	return out
}

// annotations are keywords that check nothing.
var annotations = []string{
	"title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "externalDocs", "xml",
}

// exclusive turns the boolean of OpenAPI 3.0 into a limit of its own.
func exclusive(object map[string]any, key, limit string) {
	flag, ok := object[key].(bool)
	if !ok {
		return
	}
	delete(object, key)
	if value, has := object[limit]; has && flag {
		object[key] = value
		delete(object, limit)
	}
}

// tuple turns the list form of items into prefixItems.
func tuple(object map[string]any) {
	rest, hasRest := object["additionalItems"]
	delete(object, "additionalItems")
	list, ok := object["items"].([]any)
	if !ok {
		return
	}
	delete(object, "items")
	if len(list) > 0 {
		object["prefixItems"] = list
	}
	if hasRest {
		object["items"] = rest
	}
}

// dependencies splits draft-07's keyword in two.
func dependencies(object map[string]any) {
	all, ok := object["dependencies"].(map[string]any)
	if !ok {
		return
	}
	names, schemas := map[string]any{}, map[string]any{}
	for name, value := range all {
		if list, ok := value.([]any); ok {
			names[name] = list
		} else {
			schemas[name] = value
		}
	}
	if len(names) > 0 {
		object["dependentRequired"] = names
	}
	if len(schemas) > 0 {
		object["dependentSchemas"] = schemas
	}
}
