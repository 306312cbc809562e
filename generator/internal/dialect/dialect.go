// Package dialect brings the schemas of all supported documents into one form: JSON Schema
// 2020-12, well formed, with references of the form "#/components/schemas/<name>" only.
//
// Everything after this stage (Go types, validators, published documents) reads that form and
// no other. Keywords that say nothing in the schema's own dialect are left out; those that are
// written wrongly are left out with a warning.
package dialect

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/goname"
	"github.com/penstock-dev/penstock/generator/internal/model"
)

// RefPrefix starts every reference.
const RefPrefix = "#/components/schemas/"

// Schema is a schema in the one form: a bool, or an object as map[string]any whose numbers are
// json.Number.
type Schema = any

// Set is the schemas of a model by name.
type Set map[string]Schema

// Normalise brings the schemas of a model into the one form. A keyword that cannot be kept is a
// warning: it is not checked. A schema that refers to itself without end is an error.
func Normalise(m *model.Model) (Set, []document.Issue) {
	known := make(map[string]bool, len(m.Schemas))
	for _, s := range m.Schemas {
		known[RefPrefix+s.Name] = true
	}
	set := Set{}
	var issues []document.Issue
	byName := map[string]*model.Schema{}
	for _, s := range m.Schemas {
		byName[s.Name] = s
		n := normaliser{schema: s, known: known}
		set[s.Name] = n.schemaAt(s.JSON, nil)
		issues = append(issues, n.issues...)
	}
	c := circles{set: set, byName: byName, done: map[string]bool{}}
	c.cut()
	return set, append(issues, c.issues...)
}

type normaliser struct {
	schema *model.Schema
	known  map[string]bool // references that lead somewhere
	issues []document.Issue
}

// schemaAt normalises the schema that stands at a path.
func (n *normaliser) schemaAt(v any, path []string) Schema {
	object, ok := v.(map[string]any)
	if !ok {
		if b, isBool := v.(bool); isBool {
			return b
		}
		n.warn(path, "a schema must be an object or a boolean, everything is allowed here")
		return true
	}
	object = n.translate(object, path)
	out := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		kind, known := keywords[key]
		if !known {
			continue
		}
		if value, ok := n.value(kind, object[key], extend(path, key)); ok {
			out[key] = value
		}
	}
	return out
}

// value normalises the value of one keyword; false leaves the keyword out.
func (n *normaliser) value(kind kind, v any, path []string) (any, bool) {
	switch kind {
	case schemaKind:
		return n.schemaAt(v, path), true
	case schemaListKind:
		list, ok := v.([]any)
		if !ok || len(list) == 0 {
			return nil, n.refuse(path, "must be a list of schemas")
		}
		out := make([]any, len(list))
		for i, item := range list {
			out[i] = n.schemaAt(item, extend(path, strconv.Itoa(i)))
		}
		return out, true
	case schemaMapKind:
		object, ok := v.(map[string]any)
		if !ok {
			return nil, n.refuse(path, "must be an object of schemas")
		}
		out := make(map[string]any, len(object))
		for _, name := range slices.Sorted(maps.Keys(object)) {
			out[name] = n.schemaAt(object[name], extend(path, name))
		}
		return out, true
	}
	return n.scalar(kind, v, path)
}

// warn reports something that is not checked or not generated as written.
func (n *normaliser) warn(path []string, format string, args ...any) {
	n.issues = append(n.issues, document.Issue{
		Pos: Pos(n.schema, path), Warning: true, Message: fmt.Sprintf(format, args...),
	})
}

// refuse warns that a keyword is left out; it is false, for the caller to return.
func (n *normaliser) refuse(path []string, format string, args ...any) bool {
	n.warn(path, "%s %s: it is ignored", path[len(path)-1], fmt.Sprintf(format, args...))
	return false
}

// Pos finds the place of what stands at a path inside a schema, or the nearest place around it.
func Pos(s *model.Schema, path []string) document.Pos {
	pos, node := s.Pos, s.Node
	for _, step := range path {
		if node == nil {
			break
		}
		switch node.Kind {
		case document.Array:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(node.Items) {
				return pos
			}
			node = node.Items[i]
		default:
			node = node.Get(step)
		}
		if node != nil {
			pos = node.Pos
		}
	}
	return pos
}

// extend is append that never shares its array.
func extend(path []string, step string) []string {
	return append(slices.Clip(slices.Clone(path)), step)
}

// Refs lists the names of the schemas that a schema refers to, sorted, each once.
func Refs(schema Schema) []string {
	found := map[string]bool{}
	Walk(schema, func(object map[string]any) {
		if ref, ok := object["$ref"].(string); ok {
			found[strings.TrimPrefix(ref, RefPrefix)] = true
		}
	})
	return slices.Sorted(maps.Keys(found))
}

// Walk visits a schema and every schema inside it, not those behind references.
func Walk(schema Schema, visit func(object map[string]any)) {
	object, ok := schema.(map[string]any)
	if !ok {
		return
	}
	visit(object)
	for key, value := range object {
		switch keywords[key] {
		case schemaKind:
			Walk(value, visit)
		case schemaListKind:
			for _, item := range value.([]any) {
				Walk(item, visit)
			}
		case schemaMapKind, patternMapKind:
			for _, item := range value.(map[string]any) {
				Walk(item, visit)
			}
		}
	}
}

// Map copies a schema and lets change see the copy of it and of every schema inside it.
func Map(schema Schema, change func(object map[string]any)) Schema {
	object, ok := schema.(map[string]any)
	if !ok {
		return schema
	}
	out := make(map[string]any, len(object))
	for key, value := range object {
		switch keywords[key] {
		case schemaKind:
			value = Map(value, change)
		case schemaListKind:
			items := slices.Clone(value.([]any))
			for i := range items {
				items[i] = Map(items[i], change)
			}
			value = items
		case schemaMapKind, patternMapKind:
			members := maps.Clone(value.(map[string]any))
			for name := range members {
				members[name] = Map(members[name], change)
			}
			value = members
		}
		out[key] = value
	}
	change(out)
	return out
}

// SafeNames gives every name a key that needs no escaping in a JSON pointer or a URL, and is none
// of the reserved ones: the name itself, where it is one.
func SafeNames(names []string, reserved ...string) map[string]string {
	safe := make(map[string]string, len(names))
	var keys goname.Set
	keys.Reserve(reserved...)
	for _, name := range slices.Sorted(slices.Values(names)) {
		if name != "" && strings.Trim(name, safeCharacters) == "" {
			safe[name] = keys.Free(name)
		}
	}
	for _, name := range slices.Sorted(slices.Values(names)) {
		if _, done := safe[name]; !done {
			safe[name] = keys.Free("Schema" + goname.Exported(name))
		}
	}
	return safe
}

// safeCharacters are those that OpenAPI allows in the name of a component.
const safeCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
