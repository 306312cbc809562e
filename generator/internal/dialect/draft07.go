package dialect

import "strings"

// Draft07 writes a schema in the dialect of AsyncAPI, for readers: what draft-07 cannot say is
// left out.
func Draft07(schema Schema) Schema {
	return Map(schema, func(object map[string]any) {
		if property, ok := object["discriminator"].(map[string]any); ok {
			object["discriminator"] = property["propertyName"]
		}
		if list, ok := object["prefixItems"]; ok {
			if rest, has := object["items"]; has {
				object["additionalItems"] = rest
			}
			object["items"] = list
		}
		dependencies := map[string]any{}
		for _, key := range []string{"dependentRequired", "dependentSchemas"} {
			members, _ := object[key].(map[string]any)
			for name, value := range members {
				dependencies[name] = value
			}
		}
		if len(dependencies) > 0 {
			object["dependencies"] = dependencies
		}
		for _, key := range later {
			delete(object, key)
		}
		if ref, ok := object["$ref"].(string); ok && len(object) > 1 && strings.HasPrefix(ref, "#") {
			delete(object, "$ref")
			all, _ := object["allOf"].([]any)
			object["allOf"] = append([]any{map[string]any{"$ref": ref}}, all...)
		}
	})
}
