package fallback

import (
	"maps"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Property is a property that a schema names, with the types that it and, where it is an array,
// its items may have.
type Property struct {
	Name         string
	Types, Items endpoint.Types // 0: any
}

// Properties are the properties and required names of the schema and of those that apply to the
// same value, sorted by name.
func (f *Schema) Properties() []Property {
	found := map[string]Property{}
	collect(f.compiled, found, map[*jsonschema.Schema]bool{})
	var all []Property
	for _, name := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[name])
	}
	return all
}

func collect(s *jsonschema.Schema, found map[string]Property, seen map[*jsonschema.Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	for name, p := range s.Properties {
		one := Property{Name: name, Types: typesOf(p)}
		if list, ok := p.Items.(*jsonschema.Schema); ok {
			one.Items = typesOf(list)
		} else if p.Items2020 != nil {
			one.Items = typesOf(p.Items2020)
		}
		found[name] = one
	}
	for _, name := range s.Required {
		if _, ok := found[name]; !ok {
			found[name] = Property{Name: name}
		}
	}
	for _, sub := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf, []*jsonschema.Schema{s.Ref, s.If, s.Then, s.Else}) {
		collect(sub, found, seen)
	}
}

func typesOf(s *jsonschema.Schema) endpoint.Types {
	for range 100 {
		if s == nil || s.Ref == nil {
			break
		}
		s = s.Ref
	}
	if s == nil || len(s.Types) == 0 {
		return 0
	}
	var t endpoint.Types
	for _, name := range s.Types {
		t |= typeNamed[name]
	}
	return t
}

var typeNamed = map[string]endpoint.Types{
	"null": endpoint.Null, "boolean": endpoint.Boolean, "integer": endpoint.Integer,
	"number": endpoint.Integer | endpoint.Number, "string": endpoint.String,
	"array": endpoint.Array, "object": endpoint.Object,
}
