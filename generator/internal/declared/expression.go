package declared

import (
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/schema"
)

// expressions checks the expressions of an annotation and says whether they are correct.
func (r *reader) expressions(n *document.Node, kind schema.Kind) bool {
	issues := r.Doc.Expressions(n, func(pointer string) expr.Place { return placeOf(n, kind, pointer) })
	r.Add(issues...)
	return len(issues) == 0
}

// literals reports the texts of an annotation that are what they are, and yet hold an expression: an
// expression there would never be computed. It says whether there is none.
func (r *reader) literals(n *document.Node, kind schema.Kind) bool {
	sound := true
	for _, pointer := range schema.Expressions(n.Value()) {
		what, members := "", document.Split(pointer)
		switch {
		case kind == schema.Allow:
			what = "a value that requests may choose"
		case (kind == schema.Attributes || kind == schema.EndpointGroups) && len(members) == 2 && members[1] == "name":
			what = "name"
		}
		if at := n.At(pointer); what != "" && at != nil {
			r.Fail(at, "%s takes no expression: write the value itself", what)
			sound = false
		}
	}
	return sound
}

// placeOf says what a text at a pointer below an annotation is computed for.
func placeOf(n *document.Node, kind schema.Kind, pointer string) expr.Place {
	switch kind {
	case schema.Entrypoints:
		members := document.Split(pointer)
		if len(members) > 1 && (members[1] == "key" || members[1] == "partition" || members[1] == "headers") {
			return expr.Message
		}
		return expr.Request
	case schema.Attributes:
		members := document.Split(pointer)
		if len(members) == 0 {
			return expr.Request
		}
		if phase := n.At(document.Join("", members[0], "phase")); phase != nil && phase.Text == "message" {
			return expr.Message
		}
		return expr.Request
	}
	return expr.Configuration
}
