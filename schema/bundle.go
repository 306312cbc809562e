package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// bundle gives a schema as one text without references to other files, so that an editor can use
// it without a network: what it refers to stands in its definitions.
func (lib *library) bundle(name string) ([]byte, error) {
	out, _ := deepCopy(lib.raw[name]).(map[string]any)
	definitions, _ := out["definitions"].(map[string]any)
	if definitions == nil {
		definitions = map[string]any{}
	}
	pull(out, "", func(file string) {
		if definitions[file] == nil {
			lib.pullFile(file, definitions)
		}
	})
	if len(definitions) > 0 {
		out["definitions"] = definitions
	}
	return encode(out)
}

// pullFile puts a file, and those that it refers to, among the definitions.
func (lib *library) pullFile(file string, definitions map[string]any) {
	copied, _ := deepCopy(lib.raw[file]).(map[string]any)
	delete(copied, "$id")
	delete(copied, "$schema")
	definitions[file] = copied
	pull(copied, "/definitions/"+file, func(inner string) {
		if definitions[inner] == nil {
			lib.pullFile(inner, definitions)
		}
	})
}

// pull rewrites every reference in a schema that stands at a pointer of the bundle, and names the
// files that are needed.
func pull(value any, pointer string, need func(file string)) {
	switch value := value.(type) {
	case map[string]any:
		if ref, ok := value["$ref"].(string); ok {
			file, fragment, _ := strings.Cut(ref, "#")
			if file == "" {
				value["$ref"] = "#" + pointer + fragment
			} else {
				file = strings.TrimSuffix(file, ".json")
				value["$ref"] = "#/definitions/" + file + fragment
				need(file)
			}
		}
		for _, member := range value {
			pull(member, pointer, need)
		}
	case []any:
		for _, item := range value {
			pull(item, pointer, need)
		}
	}
}

// first holds the keywords that a reader wants to see first, in that order.
var first = []string{"$schema", "$id", "title", "description", "markdownDescription", "type", "default", "examples"}

// encode writes a schema with its telling keywords first, and is deterministic.
func encode(schema map[string]any) ([]byte, error) {
	var out bytes.Buffer
	if err := write(&out, schema, "", true); err != nil {
		return nil, fmt.Errorf("schema: encode: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func write(out *bytes.Buffer, value any, indent string, isSchema bool) error {
	object, ok := value.(map[string]any)
	if !ok || len(object) == 0 {
		text, err := plain(value)
		if err != nil {
			return err
		}
		var indented bytes.Buffer
		if err := json.Indent(&indented, text, indent, "  "); err != nil {
			return err
		}
		out.Write(indented.Bytes())
		return nil
	}
	out.WriteString("{\n")
	for i, name := range order(object, isSchema) {
		if i > 0 {
			out.WriteString(",\n")
		}
		key, err := plain(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s  %s: ", indent, key)
		named := isSchema && (name == "properties" || name == "definitions")
		if err := write(out, object[name], indent+"  ", !named); err != nil {
			return err
		}
	}
	out.WriteString("\n" + indent + "}")
	return nil
}

// order sorts an object's members by name, the first keywords of a schema before the others.
func order(object map[string]any, isSchema bool) []string {
	var names []string
	rest := node{schema: map[string]any{"properties": object}}.names()
	if isSchema {
		for _, name := range first {
			if _, ok := object[name]; ok {
				names = append(names, name)
			}
		}
	}
	for _, name := range rest {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// plain is JSON without the escapes that HTML needs.
func plain(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(out.Bytes()), nil
}
