package expr

import (
	"maps"
	"slices"
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
func (r *reads) collect(n *node) {
	if name, ok := attributeName(n); ok {
		if r.names == nil {
			r.names = map[string]bool{}
		}
		r.names[name] = true
		for _, other := range n.args[1:] {
			r.collect(other)
		}
		return
	}
	if n.op == opVariable && n.name == "context" {
		r.all = true
	}
	for _, below := range n.args {
		r.collect(below)
	}
}

// readers are the methods of a map that read the one entry that their first argument names.
var readers = map[string]bool{"get": true, "getOrDefault": true, "getFirst": true, "containsKey": true}

// attributeName gives the name in #context.attributes.name, in ['name'] and in get('name').
func attributeName(n *node) (string, bool) {
	switch {
	case len(n.args) == 0 || !isAttributes(n.args[0]):
	case n.op == opProperty:
		return n.name, true
	case n.op == opIndex, n.op == opMethod && readers[n.name] && len(n.args) > 1:
		return literalText(n.args[1])
	}
	return "", false
}

// isAttributes says whether an operation is #context.attributes or #context['attributes'].
func isAttributes(n *node) bool {
	if len(n.args) == 0 || n.args[0].op != opVariable || n.args[0].name != "context" {
		return false
	}
	if n.op == opIndex {
		name, ok := literalText(n.args[1])
		return ok && name == "attributes"
	}
	return n.op == opProperty && n.name == "attributes"
}

func literalText(n *node) (string, bool) {
	return n.value.text, n.op == opLiteral && n.value.kind == Text
}
