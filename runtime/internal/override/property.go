package override

import (
	"slices"
	"strings"
	"sync"

	"github.com/penstock-dev/penstock/schema"
)

// property is a configuration property that texts and attributes can change.
type property struct {
	name      string   // "consumer.topics"
	attribute string   // name of the attribute that overrides it, in canonical spelling
	path      []string // from the endpoint object
	list      bool
	flag      bool
	secret    bool
	client    bool  // decides which client of Kafka serves
	excludes  []int // properties that cannot stand beside it
}

// properties lists what can change; everywhere in this package a property is its index.
var properties = sync.OnceValue(func() []property {
	types := map[string][]string{}
	for _, p := range schema.Properties(schema.Endpoint) {
		types["/"+strings.Join(p.Path, "/")] = p.Types
	}
	names := schema.Overridable()
	list := make([]property, len(names))
	for i, name := range names {
		pointer := schema.PropertyPointer(name)
		list[i] = property{
			name: name, attribute: schema.AttributeNames(schema.Override, name)[0],
			path: strings.Split(pointer[1:], "/"),
			list: slices.Contains(types[pointer], "array"), flag: slices.Contains(types[pointer], "boolean"),
			secret: schema.SecretProperty(name),
			client: name == schema.Brokers || strings.HasPrefix(name, "security."),
		}
		for _, other := range schema.Excludes(name) {
			list[i].excludes = append(list[i].excludes, slices.Index(names, other))
		}
	}
	return list
})

// indexes finds properties by name.
var indexes = sync.OnceValue(func() map[string]int {
	found := map[string]int{}
	for i, p := range properties() {
		found[p.name] = i
	}
	return found
})

// overridden is the property that an attribute of this name overrides.
func overridden(name string) (int, bool) {
	choice := schema.Attribute(name)
	if choice.Family != schema.Override {
		return 0, false
	}
	return indexes()[choice.Property], true
}
