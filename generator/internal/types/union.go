package types

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
	"github.com/penstock-dev/penstock/generator/internal/goname"
)

// reduce takes the unions away that are none for Go: null beside one type, conditions without a
// shape, lists of constants, and several forms of one basic type.
func (b *builder) reduce(v *view) {
	unions := v.unions
	v.unions = nil
	for _, branches := range unions {
		branches = v.withoutNull(distinct(branches))
		switch {
		case !slices.ContainsFunc(branches, hasShape):
		case len(branches) == 1:
			b.adopt(v, branches[0], len(unions))
		case b.basic(v, branches):
		default:
			v.unions = append(v.unions, branches)
		}
	}
}

// adopt merges the only branch of a union. Where the union was all there is, a reference stays
// one.
func (b *builder) adopt(v *view, branch any, unions int) {
	object, _ := branch.(map[string]any)
	if ref := bare(object); ref != "" && unions == 1 && v.types == nil && v.enum == nil {
		v.ref = ref
		return
	}
	inner := view{}
	b.merge(&inner, branch, map[string]bool{}, false)
	inner.infer()
	b.merge(v, branch, map[string]bool{}, false)
	if v.types == nil {
		v.types = inner.types
	}
}

// basic merges branches that are constants or forms of one basic type; false when they are not.
func (b *builder) basic(v *view, branches []any) bool {
	var types []string
	var enum []any
	open := false
	for _, branch := range branches {
		inner := b.look(branch)
		if inner.ref != "" || len(inner.types) != 1 || inner.types[0] == "object" || inner.types[0] == "array" ||
			types != nil && types[0] != inner.types[0] || inner.conflict || len(inner.unions) > 0 {
			return false
		}
		types = inner.types
		v.nullable = v.nullable || inner.nullable
		open = open || inner.enum == nil
		enum = append(enum, inner.enum...)
	}
	v.intersect(types)
	if !open {
		v.enum = enum
	}
	return true
}

// withoutNull takes the branches away that admit null only.
func (v *view) withoutNull(branches []any) []any {
	return slices.DeleteFunc(slices.Clone(branches), func(branch any) bool {
		object, ok := branch.(map[string]any)
		if !ok {
			return false
		}
		value, constant := object["const"]
		types := texts(object["type"])
		null := constant && value == nil || len(types) == 1 && types[0] == "null"
		v.nullable = v.nullable || null
		return null
	})
}

// hasShape reports whether a branch says more about the shape than which properties must be
// there.
func hasShape(branch any) bool {
	object, ok := branch.(map[string]any)
	if !ok {
		return branch == true
	}
	if len(object) == 0 {
		return true
	}
	for key := range object {
		switch key {
		case "required", "not", "minProperties", "maxProperties", "if", "then", "else", "title", "description":
		default:
			return true
		}
	}
	return false
}

// distinct drops branches that stand twice.
func distinct(branches []any) []any {
	seen := map[string]bool{}
	var out []any
	for _, branch := range branches {
		text, err := json.Marshal(branch)
		if err == nil && seen[string(text)] {
			continue
		}
		seen[string(text)] = true
		out = append(out, branch)
	}
	return out
}

// union fills the elements of a union; false when one of them can be anything.
func (b *builder) union(s *openapi3.Schema, v *view, name string) bool {
	branches := v.unions[0]
	values := make([]string, len(branches))
	for i, branch := range branches {
		inner := b.look(branch)
		if inner.kind() == anything && inner.ref == "" {
			return false
		}
		ref := b.at(branch, name+suffix(branch, &inner, i))
		if ref.Ref == "" {
			ref = b.declare(name+suffix(branch, &inner, i), ref.Value)
		}
		s.OneOf = append(s.OneOf, ref)
		values[i] = b.pivotValue(v, branch)
	}
	b.pivot(s, v, values)
	return true
}

// suffix names an element that has no name of its own.
func suffix(branch any, v *view, i int) string {
	if object, ok := branch.(map[string]any); ok {
		if title, ok := object["title"].(string); ok && goname.Exported(title) != "" {
			return goname.Exported(title)
		}
	}
	if len(v.types) == 1 && v.types[0] != "object" {
		return goname.Exported(v.types[0])
	}
	return "Option" + strconv.Itoa(i+1)
}

// pivot writes the discriminator, when each element has a value of its own that can stand in Go.
func (b *builder) pivot(s *openapi3.Schema, v *view, values []string) {
	property, _ := v.pivot["propertyName"].(string)
	if !fitsTag(property) {
		return
	}
	mapping := map[string]openapi3.MappingRef{}
	for i, value := range values {
		if _, twice := mapping[value]; twice || !fitsTag(value) {
			return
		}
		mapping[value] = openapi3.MappingRef{Ref: s.OneOf[i].Ref}
	}
	s.Discriminator = &openapi3.Discriminator{PropertyName: property, Mapping: mapping}
}

// pivotValue is the value of the discriminator that selects a branch: by its mapping, by the
// constant of the property, else by the name of the schema. "" when there is none.
func (b *builder) pivotValue(v *view, branch any) string {
	property, _ := v.pivot["propertyName"].(string)
	object, _ := branch.(map[string]any)
	target := bare(object)
	mapping, _ := v.pivot["mapping"].(map[string]any)
	found := ""
	for value, ref := range mapping {
		if target != "" && ref == dialect.RefPrefix+target && (found == "" || value < found) {
			found = value
		}
	}
	if found != "" {
		return found
	}
	inner := b.look(branch)
	if inner.ref != "" {
		inner = b.named(inner.ref)
	}
	if inner.properties[property] != nil {
		if p := b.look(b.property(&inner, property)); len(p.enum) == 1 {
			text, _ := p.enum[0].(string)
			return text
		}
	}
	return target
}
