package ir

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// fallback writes a schema as a JSON text that stands for itself: with $schema, and with what it
// refers to as definitions.
func fallback(schema dialect.Schema, refs []string, set dialect.Set) endpoint.JSON {
	keys := dialect.SafeNames(refs)
	root, ok := pruned(schema, keys).(map[string]any)
	if !ok {
		root = map[string]any{"allOf": []any{schema}}
	}
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	defs := map[string]any{}
	for _, name := range refs {
		defs[keys[name]] = pruned(set[name], keys)
	}
	if len(defs) > 0 {
		root["$defs"] = defs
	}
	return text(root)
}

// pruned copies a schema without annotations and unchecked formats, references pointing to the
// definitions.
func pruned(schema dialect.Schema, keys map[string]string) dialect.Schema {
	return dialect.Map(schema, func(object map[string]any) {
		for key, value := range object {
			switch {
			case annotation(key), key == "format" && !slices.Contains(formats, value.(string)):
				delete(object, key)
			case key == "$ref":
				object[key] = "#/$defs/" + keys[strings.TrimPrefix(value.(string), dialect.RefPrefix)]
			}
		}
	})
}

// text writes a JSON value in one line, keys sorted, as it stands in the document.
func text(v any) endpoint.JSON {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return "null" // no value that was read from JSON fails
	}
	return endpoint.JSON(strings.TrimSuffix(b.String(), "\n"))
}
