package declared

import (
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/report"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// Annotation is one x-kafka-* value: references in it are replaced, its schema was applied.
type Annotation struct {
	Node *document.Node
	// Value is the canonical value: aliases of property names are replaced.
	Value any
	Bad   bool // it breaks its schema, which was reported
}

// Object is the value where it is an object, else an empty one.
func (a *Annotation) Object() map[string]any {
	if a == nil {
		return map[string]any{}
	}
	if m, ok := a.Value.(map[string]any); ok {
		return m
	}
	return map[string]any{}
}

// Annotations are those of one object; nil stands for none.
type Annotations struct {
	Endpoint    *Annotation
	Groups      *Annotation // of the root only
	Entrypoints *Annotation
	Attributes  *Annotation
	Allow       *Annotation
}

// annotations reads the annotations that may stand at an object.
func (r *reader) annotations(holder *document.Node, at *place) Annotations {
	r.misplaced(holder, at)
	a := Annotations{Endpoint: r.annotation(holder, "x-kafka-endpoint", schema.EndpointPatch)}
	if at == atServer {
		return a
	}
	if at == atRoot {
		a.Groups = r.annotation(holder, "x-kafka-endpoint-groups", schema.EndpointGroups)
	}
	a.Entrypoints = r.annotation(holder, "x-kafka-entrypoints", schema.Entrypoints)
	a.Attributes = r.annotation(holder, "x-kafka-attributes", schema.Attributes)
	a.Allow = r.annotation(holder, "x-kafka-allow", schema.Allow)
	return a
}

// root reads the annotations of the root.
func (r *reader) root() Annotations {
	root := r.Doc.Root
	single, groups := root.Member("x-kafka-endpoint"), root.Member("x-kafka-endpoint-groups")
	if single != nil && groups != nil {
		r.Fail(groups.Value, "x-kafka-endpoint and x-kafka-endpoint-groups exclude each other at the root")
	}
	return r.annotations(root, atRoot)
}

// annotation reads and checks an annotation once; nil when the holder has none.
func (r *reader) annotation(holder *document.Node, key string, kind schema.Kind) *Annotation {
	member := holder.Member(key)
	if member == nil {
		return nil
	}
	if a := r.read[member.Value]; a != nil {
		return a
	}
	node, issues := r.Doc.Inline(member.Value)
	a := &Annotation{Node: node, Value: schema.Canonical(node.Value()), Bad: len(issues) > 0}
	r.read[member.Value] = a
	r.Add(issues...)
	if a.Bad {
		return a
	}
	a.Bad = !r.expressions(node, kind)
	for _, issue := range schema.Validate(kind, schema.Template, node.Value()) {
		a.Bad = true
		r.Add(r.Doc.Placed(node, issue.Pointer, worded(kind, issue)))
	}
	if !r.literals(node, kind) {
		a.Bad = true
	}
	return a
}

// worded is the message of an issue, in better words where this package knows more than the schema.
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
