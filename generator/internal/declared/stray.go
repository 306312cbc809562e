package declared

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
)

// places are the objects that may hold annotations, by the keys that lead to them; "*" is any key.
var places = [][]string{
	{},
	{"servers", "*"},
	{"channels", "*"},
	{"channels", "*", "*"},
	{"channels", "*", "*", "traits", "*"},
	{"operations", "*"},
	{"operations", "*", "traits", "*"},
	{"paths", "*"},
	{"paths", "*", "*"},
	{"webhooks", "*"},
	{"webhooks", "*", "*"},
}

// values are the keys below which everything is a schema or a user's own data.
var values = []string{"schemas", "schema", "payload", "headers", "properties", "example", "examples", "default", "const", "enum"}

// stray warns about annotations where nobody looks for them, as at a message or a request's body.
// Only the document's own file is searched.
func (r *reader) stray(n *document.Node, at []string) {
	switch n.Kind {
	case document.Array:
		for _, item := range n.Items {
			r.stray(item, append(at, "*"))
		}
	case document.Object:
		for i := range n.Members {
			m := &n.Members[i]
			switch {
			case slices.Contains(atRoot.known, m.Key):
				if !holds(at) {
					r.WarnKey(m, "%s is not read here: it may stand at %s", m.Key, holders(m.Key))
				}
			case !strings.HasPrefix(m.Key, "x-") && !slices.Contains(values, m.Key):
				r.stray(m.Value, append(at, m.Key))
			}
		}
	}
}

// holds says whether annotations may stand at an object. What components hold is as in its place.
func holds(at []string) bool {
	if len(at) > 1 && at[0] == "components" {
		at = at[1:]
		if at[0] == "operationTraits" || at[0] == "pathItems" {
			return len(at) == 2 || at[0] == "pathItems" && len(at) == 3
		}
	}
	return slices.ContainsFunc(places, func(p []string) bool {
		return slices.EqualFunc(p, at, func(want, key string) bool { return want == "*" || want == key })
	})
}

// holders names the places of an annotation.
func holders(key string) string {
	var nouns []string
	for _, p := range []*place{atRoot, atServer, atChannel, atOperation} {
		if slices.Contains(p.known, key) {
			nouns = append(nouns, p.noun)
		}
	}
	return strings.Join(nouns, ", ")
}
