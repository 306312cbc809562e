package payload

import (
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
)

// rewriter copies one schema as data and turns its references into names of the model.
type rewriter struct {
	schemas *schemas
	dialect model.Dialect
	context string // name of the schema, for those inside that need a name
}

// What stands under a keyword. Everything else is data and copied as it is.
var (
	schemaKeywords = words("additionalProperties additionalItems items contains propertyNames not if then else " +
		"unevaluatedItems unevaluatedProperties contentSchema")
	schemaLists = words("allOf anyOf oneOf prefixItems items")
	schemaMaps  = words("properties patternProperties dependentSchemas dependencies")
	// dropped: references into definitions are resolved already, and names and bases of
	// schemas would change how the remaining references are read.
	dropped = words("definitions $defs $id $schema $anchor $vocabulary")
)

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// schema copies a schema.
func (r rewriter) schema(n *document.Node) any {
	if n.Kind != document.Object {
		return n.Value()
	}
	out := map[string]any{}
	if n.Reference() != "" {
		name := r.schemas.name(&document.Node{Kind: document.Object, Pos: n.Pos, Members: []document.Member{*n.Member("$ref")}}, r.context, r.dialect)
		out["$ref"] = "#/components/schemas/" + name
		if r.dialect != model.Draft2020 {
			return out
		}
	}
	for _, m := range n.Members {
		switch {
		case m.Key == "$ref" && m.Value.Kind == document.String:
		case dropped[m.Key]:
		case m.Key == "$dynamicRef" || m.Key == "$recursiveRef":
			r.schemas.Fail(m.Value, "%s is not supported: write $ref", m.Key)
		case m.Key == "discriminator":
			out[m.Key] = r.discriminator(m.Value)
		default:
			out[m.Key] = r.keyword(m.Key, m.Value)
		}
	}
	return out
}

// keyword copies the value of one keyword.
func (r rewriter) keyword(key string, n *document.Node) any {
	switch {
	case schemaKeywords[key] && n.Kind == document.Object:
		return r.schema(n)
	case schemaLists[key] && n.Kind == document.Array:
		items := make([]any, len(n.Items))
		for i, item := range n.Items {
			items[i] = r.schema(item)
		}
		return items
	case schemaMaps[key] && n.Kind == document.Object:
		members := make(map[string]any, len(n.Members))
		for _, m := range n.Members {
			members[m.Key] = r.schema(m.Value)
		}
		return members
	}
	return n.Value()
}

// discriminator copies OpenAPI's discriminator, whose mapping holds names of components or
// references. AsyncAPI's is a text.
func (r rewriter) discriminator(n *document.Node) any {
	value := n.Value()
	mapping := n.Get("mapping")
	out, ok := value.(map[string]any)
	if !ok || mapping == nil || mapping.Kind != document.Object {
		return value
	}
	names := map[string]any{}
	for _, m := range mapping.Members {
		target := m.Value.Str()
		if !strings.ContainsAny(target, "#/.") {
			target = "#/components/schemas/" + target
		}
		reference := &document.Node{Kind: document.String, Text: target, Pos: m.Value.Pos}
		name := r.schemas.name(&document.Node{Kind: document.Object, Pos: n.Pos, Members: []document.Member{{Key: "$ref", KeyPos: m.KeyPos, Value: reference}}}, r.context, r.dialect)
		names[m.Key] = "#/components/schemas/" + name
	}
	out["mapping"] = names
	return out
}
