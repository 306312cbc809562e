package schema

import "fmt"

// patchText derives from the schema of a whole object the one of a patch (RFC 7386) to it:
// nothing is mandatory, and null deletes.
func patchText(text []byte, name string) ([]byte, error) {
	raw, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("schema: decode for %q: %w", name, err)
	}
	types := raw["type"]
	relax(raw)
	raw["type"] = types
	raw["$id"] = base + name + ".json"
	raw["description"] = fmt.Sprint(raw["description"], " Merged into the weaker ones (RFC 7386): null deletes.")
	return encode(raw)
}

// relax turns a schema and those of its properties into the schemas of their patches.
func relax(schema map[string]any) {
	delete(schema, "required")
	admitNull(schema)
	if rules, ok := schema["allOf"].([]any); ok {
		schema["allOf"] = withoutConditions(rules)
	}
	for _, group := range []string{"properties", "definitions"} {
		members, _ := schema[group].(map[string]any)
		for _, member := range members {
			if sub, ok := member.(map[string]any); ok {
				relax(sub)
			}
		}
	}
}

func admitNull(schema map[string]any) {
	switch types := schema["type"].(type) {
	case string:
		schema["type"] = []any{types, "null"}
	case []any:
		schema["type"] = append(types, "null")
	}
	if values, ok := schema["enum"].([]any); ok {
		schema["enum"] = append(values, nil)
	}
	if branches, ok := schema["anyOf"].([]any); ok {
		schema["anyOf"] = append(branches, map[string]any{"type": "null"})
	}
}

// withoutConditions drops the rules that only a whole object can obey and keeps those of
// properties that exclude each other. The result is never empty, which draft-07 forbids.
func withoutConditions(rules []any) []any {
	kept := []any{true}
	for _, rule := range rules {
		if object, ok := rule.(map[string]any); ok && object["not"] != nil {
			kept = append(kept, rule)
		}
	}
	return kept
}
