package effective

import (
	"slices"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// asyncKinds picks the kinds that channel and operation write. What only the channel writes
// goes to the operations whose direction it has, where there are any.
func (m *merger) asyncKinds(op *declared.Operation, own map[string]any, operation *declared.Annotation) []endpoint.Kind {
	var kinds []endpoint.Kind
	for _, kind := range endpoint.Kinds() {
		if _, ok := own[string(kind)].(map[string]any); !ok {
			continue
		}
		_, written := operation.Object()[string(kind)]
		if written || fits(kind, op.Direction) || !slices.ContainsFunc(op.Siblings, func(o *declared.Operation) bool { return fits(kind, o.Direction) }) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// fits says whether a kind can serve a direction.
func fits(kind endpoint.Kind, d endpoint.Direction) bool {
	return len(endpoint.Matrix(kind, d)) > 0
}
