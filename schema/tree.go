package schema

import (
	"sort"
	"strconv"
	"strings"
)

// node is one schema together with the document it stands in, which its references need.
type node struct {
	document string
	schema   map[string]any
}

// root is the schema of a kind.
func root(kind Kind) node {
	name := kind.document()
	return node{name, rawOf(name)}.resolve()
}

// resolve follows references.
func (n node) resolve() node {
	for {
		ref, ok := n.schema["$ref"].(string)
		if !ok {
			return n
		}
		file, fragment, _ := strings.Cut(ref, "#")
		if file != "" {
			n.document = strings.TrimSuffix(file, ".json")
		}
		target, _ := at(rawOf(n.document), fragment)
		n.schema, _ = target.(map[string]any)
	}
}

// child is the schema in a member of this one, resolved.
func (n node) child(value any) (node, bool) {
	schema, ok := value.(map[string]any)
	if !ok {
		return node{}, false
	}
	return node{n.document, schema}.resolve(), true
}

// property is the schema of a property of the objects that this schema describes.
func (n node) property(name string) (node, bool) {
	if property, ok := n.named(name); ok {
		return property, true
	}
	return n.child(n.schema["additionalProperties"])
}

// named is the schema of a property that this schema, or one that it includes, calls by its name.
func (n node) named(name string) (node, bool) {
	properties, _ := n.schema["properties"].(map[string]any)
	if schema, ok := properties[name]; ok {
		return n.child(schema)
	}
	included, _ := n.schema["allOf"].([]any)
	for _, schema := range included {
		if other, ok := n.child(schema); ok {
			if property, ok := other.named(name); ok {
				return property, true
			}
		}
	}
	return node{}, false
}

// names lists the properties that the schema names, sorted.
func (n node) names() []string {
	properties, _ := n.schema["properties"].(map[string]any)
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// visit calls a function for a value and every value in it that a schema describes, outer first.
func (n node) visit(value any, pointer string, see func(n node, value any, pointer string)) {
	see(n, value, pointer)
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if sub, ok := n.property(name); ok {
				sub.visit(member, join(pointer, name), see)
			}
		}
	case []any:
		items, ok := n.child(n.schema["items"])
		if !ok {
			return
		}
		for i, item := range value {
			items.visit(item, pointer+"/"+strconv.Itoa(i), see)
		}
	}
}
