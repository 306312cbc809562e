package declared

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/schema/spelling"
)

// place is where annotations stand.
type place struct {
	noun  string
	known []string // the annotations that may stand there
}

var (
	atRoot = &place{"the root", []string{
		"x-kafka-api", "x-kafka-endpoint", "x-kafka-endpoint-groups", "x-kafka-entrypoints", "x-kafka-attributes", "x-kafka-allow",
	}}
	atServer    = &place{"a server", []string{"x-kafka-endpoint"}}
	atChannel   = &place{"a channel or path item", []string{"x-kafka-endpoint", "x-kafka-entrypoints", "x-kafka-attributes", "x-kafka-allow"}}
	atOperation = &place{"an operation", atChannel.known}
)

// annotates says whether a key looks like that of an annotation.
func annotates(key string) bool {
	return strings.HasPrefix(strings.ToLower(key), "x-kafka-")
}

// misplaced checks the names of the annotations of one object.
func (r *reader) misplaced(n *document.Node, at *place) {
	if n == nil {
		return
	}
	for i := range n.Members {
		m := &n.Members[i]
		if !annotates(m.Key) {
			continue
		}
		if problem := at.problem(m.Key); problem != "" {
			r.FailKey(m, "%s", problem)
		}
	}
}

// problem says why an annotation may not stand here; "" when it may.
func (p *place) problem(key string) string {
	switch {
	case slices.Contains(p.known, key):
		return ""
	case slices.Contains(atRoot.known, key):
		return key + " may not stand at " + p.noun
	}
	if near, ok := spelling.Near(key, p.known); ok {
		return "unknown annotation \"" + key + "\": did you mean \"" + near + "\"?"
	}
	return "unknown annotation \"" + key + "\""
}

// beside refuses annotations beside a $ref, which nobody reads.
func (r *reader) beside(n *document.Node) {
	if n.Reference() == "" {
		return
	}
	for i := range n.Members {
		if m := &n.Members[i]; annotates(m.Key) {
			r.FailKey(m, "%s beside a $ref is not read: write it where the reference leads", m.Key)
		}
	}
}
