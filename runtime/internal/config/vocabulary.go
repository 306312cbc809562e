package config

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/penstock-dev/penstock/schema"
)

// Prefix starts the name of every variable of the gateway.
const Prefix = "PENSTOCK_"

// word is one name of the configuration, with the names below it.
type word struct {
	property schema.Property
	children []*word
	names    map[string]*word // children by name
	any      *word            // below a mapping of free names
}

// vocabulary is every property of the gateway's schema, as a tree.
var vocabulary = sync.OnceValue(func() *word {
	root := &word{names: map[string]*word{}}
	for _, p := range schema.Properties(schema.Gateway) {
		root.add(p, p.Path)
	}
	return root
})

func (w *word) add(p schema.Property, path []string) {
	name := path[0]
	child := w.any
	if name != "*" {
		child = w.names[name]
	}
	if child == nil {
		child = &word{names: map[string]*word{}}
		if name == "*" {
			w.any = child
		} else {
			w.names[name] = child
			w.insert(name, child)
		}
	}
	if len(path) == 1 {
		child.property = p
		return
	}
	child.add(p, path[1:])
}

// insert keeps one child for names that differ in case only, as keyStore and keystore: the
// schema has them in order, so that the lower case one, which is canonical, comes last.
func (w *word) insert(name string, child *word) {
	same := func(other *word) bool {
		path := other.property.Path
		return len(path) > 0 && variable(path[len(path)-1]) == variable(name)
	}
	w.children = append(slices.DeleteFunc(w.children, same), child)
}

// leaf says whether a variable can set the property: it is not only a group of others.
func (w *word) leaf() bool {
	return len(w.property.Path) > 0 && !slices.Equal(w.property.Types, []string{"object"})
}

// fit changes numbers into texts where the property is a text: "delay: 0" is what people write.
func (w *word) fit(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			child, known := w.names[name]
			if !known {
				child = w.any
			}
			if child != nil {
				value[name] = child.fit(member)
			}
		}
	case int:
		if slices.Equal(w.property.Types, []string{"string"}) {
			return strconv.Itoa(value)
		}
	}
	return value
}

// match is a property that a variable's name may mean.
type match struct {
	path []string // free names filled in
	word *word
}

// find lists what the rest of a variable's name may mean below a word. free gives the names that
// may stand in a mapping of free names, by its path.
func (w *word) find(rest string, path []string, free func(path []string) []string) []match {
	var found []match
	try := func(name string, child *word) {
		below := append(path[:len(path):len(path)], name)
		after, ok := strings.CutPrefix(rest, variable(name))
		switch {
		case !ok:
		case after == "" && child.leaf():
			found = append(found, match{below, child})
		case strings.HasPrefix(after, "__"):
			found = append(found, child.find(after[2:], below, free)...)
		}
	}
	for _, child := range w.children {
		try(child.property.Path[len(child.property.Path)-1], child)
	}
	if w.any != nil && !slices.Contains(w.property.Types, "array") {
		for _, name := range free(path) {
			try(name, w.any)
		}
	}
	return found
}

// variables lists the names of all variables below a word, for "did you mean".
func (w *word) variables(path []string, free func(path []string) []string) []string {
	var all []string
	each := func(name string, child *word) {
		below := append(path[:len(path):len(path)], name)
		if child.leaf() {
			all = append(all, Variable(below))
		}
		all = append(all, child.variables(below, free)...)
	}
	for _, child := range w.children {
		each(child.property.Path[len(child.property.Path)-1], child)
	}
	if w.any != nil && !slices.Contains(w.property.Types, "array") {
		for _, name := range free(path) {
			each(name, w.any)
		}
	}
	return all
}

// Variable is the name of the variable that sets a property.
func Variable(path []string) string {
	parts := make([]string, len(path))
	for i, name := range path {
		parts[i] = variable(name)
	}
	return Prefix + strings.Join(parts, "__")
}

// variable is a name as a part of a variable: in capitals, "_" for what a variable's name
// cannot hold.
func variable(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_':
			return r
		}
		return '_'
	}, strings.ToUpper(name))
}
