package expr

import (
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
)

// Attributes lists the attributes of #context that the text reads, sorted, as they are written
// in it. all says that it may read any: it computes a name, or takes all of them.
func (t *Template) Attributes() (names []string, all bool) {
	return slices.Sorted(maps.Keys(t.reads.names)), t.reads.all
}

// reads is which attributes of #context a text reads.
type reads struct {
	names map[string]bool
	all   bool
}

// collect walks an operation and what it is made of.
func (r *reads) collect(n *syntax.Node) {
	if name, ok := attributeName(n); ok {
		if r.names == nil {
			r.names = map[string]bool{}
		}
		r.names[name] = true
		for _, other := range n.Args[1:] {
			r.collect(other)
		}
		return
	}
	if n.Op == syntax.OpVariable && n.Name == "context" {
		r.all = true
	}
	for _, below := range n.Args {
		r.collect(below)
	}
}

// readers are the methods of a map that read the one entry that their first argument names.
var readers = map[string]bool{"get": true, "getOrDefault": true, "getFirst": true, "containsKey": true}

// attributeName gives the name in #context.attributes.name, in ['name'] and in get('name').
func attributeName(n *syntax.Node) (string, bool) {
	switch {
	case len(n.Args) == 0 || !isAttributes(n.Args[0]):
	case n.Op == syntax.OpProperty:
		return n.Name, true
	case n.Op == syntax.OpIndex, n.Op == syntax.OpMethod && readers[n.Name] && len(n.Args) > 1:
		return literalText(n.Args[1])
	}
	return "", false
}

// isAttributes says whether an operation is #context.attributes or #context['attributes'].
func isAttributes(n *syntax.Node) bool {
	if len(n.Args) == 0 || n.Args[0].Op != syntax.OpVariable || n.Args[0].Name != "context" {
		return false
	}
	if n.Op == syntax.OpIndex {
		name, ok := literalText(n.Args[1])
		return ok && name == "attributes"
	}
	return n.Op == syntax.OpProperty && n.Name == "attributes"
}

func literalText(n *syntax.Node) (string, bool) {
	return n.Text, n.Op == syntax.OpText
}
