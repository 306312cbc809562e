package types

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
)

// holding is a field that holds a struct by value.
type holding struct {
	target string
	field  *openapi3.SchemaRef
}

// hold notes a required field. An optional one is a pointer anyway.
func (b *builder) hold(owner string, field *openapi3.SchemaRef) {
	if field.Ref != "" && !field.Value.Nullable {
		b.held[owner] = append(b.held[owner], holding{strings.TrimPrefix(field.Ref, dialect.RefPrefix), field})
	}
}

// breakCycles makes a pointer of one field in each circle of structs that hold each other by
// value: no such value ends, and Go refuses the types.
func (b *builder) breakCycles() {
	const entered, left = 1, 2
	state := map[string]int{}
	var visit func(name string)
	visit = func(name string) {
		state[name] = entered
		for _, h := range b.held[name] {
			target := b.behind(h.target)
			if state[target] == entered {
				h.field.Value.Nullable = true
				continue
			}
			if state[target] == 0 {
				visit(target)
			}
		}
		state[name] = left
	}
	for _, name := range slices.Sorted(maps.Keys(b.held)) {
		if state[name] == 0 {
			visit(name)
		}
	}
}

// behind follows an alias to the type that it stands for.
func (b *builder) behind(name string) string {
	for range len(b.out) {
		ref := b.out[name]
		if ref == nil || ref.Ref == "" {
			break
		}
		name = strings.TrimPrefix(ref.Ref, dialect.RefPrefix)
	}
	return name
}
