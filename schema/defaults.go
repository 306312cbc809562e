package schema

// ApplyDefaults copies a value and fills in the documented default of every property that is
// absent. Of an object that is absent, the properties are filled in only where the object always
// has a meaning (listen, producer, …), not where its presence is a choice (tls, sasl, ssl, an
// entrypoint, its publisher and subscriber). Numbers are json.Number.
func ApplyDefaults(kind Kind, value any) any {
	return root(kind).fill(deepCopy(value))
}

func (n node) fill(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range n.names() {
			property, _ := n.property(name)
			if preset, ok := property.schema["default"]; ok {
				if _, given := value[name]; !given {
					value[name] = deepCopy(preset)
				}
			}
		}
		for name, member := range value {
			if property, ok := n.property(name); ok {
				value[name] = property.fill(member)
			}
		}
	case []any:
		if items, ok := n.child(n.schema["items"]); ok {
			for i := range value {
				value[i] = items.fill(value[i])
			}
		}
	}
	return value
}

func deepCopy(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for name, member := range value {
			out[name] = deepCopy(member)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = deepCopy(item)
		}
		return out
	}
	return value
}

// Property describes one property of a kind, for listings and for readers of the environment.
type Property struct {
	Path        []string // names from the root; "*" stands for any name or index
	Types       []string // JSON types: string, integer, number, boolean, array, object
	Enum        []string // admitted texts, nil for any
	Default     any      // nil: none
	Title       string
	Description string
	Secret      bool
}

// Properties lists every property of a kind, in the order of their paths, outer ones first.
// $schema is not among them.
func Properties(kind Kind) []Property {
	var out []Property
	root(kind).describe(nil, &out)
	return out
}

func (n node) describe(path []string, out *[]Property) {
	for _, name := range n.names() {
		if name == "$schema" {
			continue
		}
		property, _ := n.property(name)
		property.add(append(path[:len(path):len(path)], name), out)
	}
	for _, keyword := range []string{"additionalProperties", "items"} {
		if member, ok := n.child(n.schema[keyword]); ok {
			member.add(append(path[:len(path):len(path)], "*"), out)
		}
	}
}

func (n node) add(path []string, out *[]Property) {
	p := Property{Path: path, Default: deepCopy(n.schema["default"]), Secret: n.schema["writeOnly"] == true}
	p.Title, _ = n.schema["title"].(string)
	p.Description, _ = n.schema["description"].(string)
	p.Types = typesOf(n.schema)
	p.Enum = rule{keyword: "enum", holder: n}.choices()
	if branches, ok := n.schema["anyOf"].([]any); ok {
		p.Enum = rule{keyword: "anyOf", argument: branches, holder: n}.choices()
	}
	*out = append(*out, p)
	n.describe(path, out)
}

// typesOf lists the JSON types that a schema admits, null aside.
func typesOf(schema map[string]any) []string {
	switch types := schema["type"].(type) {
	case string:
		return []string{types}
	case []any:
		var out []string
		for _, name := range types {
			if text, ok := name.(string); ok && text != "null" {
				out = append(out, text)
			}
		}
		return out
	}
	return []string{"string"}
}
