package understand

import (
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/report"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// annotation is one x-kafka-* value: references in it are replaced, its schema was applied.
type annotation struct {
	key  *document.Member // where it stands
	node *document.Node
	// value is the canonical value: aliases of property names are replaced.
	value any
	bad   bool // it breaks its schema, which was reported
}

// object is the value where it is an object, else an empty one.
func (a *annotation) object() map[string]any {
	if a == nil {
		return map[string]any{}
	}
	if m, ok := a.value.(map[string]any); ok {
		return m
	}
	return map[string]any{}
}

// annotation reads and checks an annotation once; nil when the holder has none.
func (b *builder) annotation(holder *document.Node, key string, kind schema.Kind) *annotation {
	member := holder.Member(key)
	if member == nil {
		return nil
	}
	if a := b.annotations[member.Value]; a != nil {
		return a
	}
	a := &annotation{key: member}
	b.annotations[member.Value] = a
	node, issues := b.Doc.Inline(member.Value)
	b.Add(issues...)
	a.node, a.bad = node, len(issues) > 0
	a.value = schema.Canonical(node.Value())
	if a.bad {
		return a
	}
	a.bad = !b.expressions(node, kind)
	for _, issue := range schema.Validate(kind, schema.Template, node.Value()) {
		a.bad = true
		b.Add(b.Doc.Placed(node, issue.Pointer, worded(kind, issue)))
	}
	return a
}

// worded is the message of an issue, in better words where the model knows more than the schema.
func worded(kind schema.Kind, issue schema.Issue) string {
	rest, unknown := strings.CutPrefix(issue.Message, "unknown property ")
	switch {
	case !unknown:
	case kind == schema.Entrypoints && strings.Count(issue.Pointer, "/") == 1:
		if issue.Suggestion == "" {
			rest += ": there are " + report.Words(endpoint.Kinds())
		}
		return "unknown entrypoint " + rest
	}
	return issue.Message
}

// known are the annotations by the places where they may stand.
var known = map[string][]string{
	"root":      {"x-kafka-api", "x-kafka-endpoint", "x-kafka-endpoint-groups", "x-kafka-entrypoints", "x-kafka-attributes", "x-kafka-allow"},
	"server":    {"x-kafka-endpoint"},
	"channel":   {"x-kafka-endpoint", "x-kafka-entrypoints", "x-kafka-attributes", "x-kafka-allow"},
	"operation": {"x-kafka-endpoint", "x-kafka-entrypoints", "x-kafka-attributes", "x-kafka-allow"},
}

// place checks the names of the annotations of one object.
func (b *builder) place(n *document.Node, place string) {
	if n == nil {
		return
	}
	for i := range n.Members {
		m := &n.Members[i]
		if !strings.HasPrefix(strings.ToLower(m.Key), "x-kafka-") {
			continue
		}
		if problem := misplaced(m.Key, place); problem != "" {
			b.FailKey(m, "%s", problem)
		}
	}
}

// beside refuses annotations beside a $ref, which nobody reads.
func (b *builder) beside(n *document.Node) {
	if n.Reference() == "" {
		return
	}
	for _, m := range n.Members {
		if strings.HasPrefix(strings.ToLower(m.Key), "x-kafka-") {
			b.FailKey(&m, "%s beside a $ref is not read: write it where the reference leads", m.Key)
		}
	}
}

// misplaced says why an annotation may not stand at a place; "" when it may.
func misplaced(key, place string) string {
	for _, k := range known[place] {
		if k == key {
			return ""
		}
	}
	for _, k := range known["root"] {
		if k == key {
			return key + " may not stand at " + nouns[place]
		}
	}
	if near, ok := schema.Suggest(key, known[place]); ok {
		return "unknown annotation \"" + key + "\": did you mean \"" + near + "\"?"
	}
	return "unknown annotation \"" + key + "\""
}

var nouns = map[string]string{"server": "a server", "channel": "a channel or path item", "operation": "an operation"}

// places checks the annotations of root and servers, which every operation shares.
func (b *builder) places() {
	root := b.Doc.Root
	b.place(root, "root")
	b.annotation(root, "x-kafka-endpoint", schema.EndpointPatch)
	b.annotation(root, "x-kafka-endpoint-groups", schema.EndpointGroups)
	b.annotation(root, "x-kafka-entrypoints", schema.Entrypoints)
	b.annotation(root, "x-kafka-attributes", schema.Attributes)
	b.annotation(root, "x-kafka-allow", schema.Allow)
	single, groups := root.Member("x-kafka-endpoint"), root.Member("x-kafka-endpoint-groups")
	if single != nil && groups != nil {
		b.Fail(groups.Value, "x-kafka-endpoint and x-kafka-endpoint-groups exclude each other at the root")
	}
}
