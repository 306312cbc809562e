package effective

import (
	"fmt"
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Allowed is one entry of x-kafka-allow: what requests may choose for a property.
type Allowed struct {
	Property string
	Values   []string
	Node     *document.Node // the list
}

// Allow is the x-kafka-allow of an operation.
type Allow struct {
	InForce map[string]Allowed // by property
	Written []Allowed          // those too that stronger ones replace
}

// allow merges x-kafka-allow: root < channel < operation.
func (m *merger) allow(op *declared.Operation) Allow {
	out := Allow{InForce: map[string]Allowed{}}
	for _, a := range []*declared.Annotation{m.api.Annotations.Allow, op.ChannelAnnotations.Allow, op.Annotations.Allow} {
		if a == nil || a.Bad {
			continue
		}
		for property, value := range a.Object() {
			items, isList := value.([]any)
			if !isList {
				continue // $schema
			}
			entry := Allowed{Property: property, Node: a.Node.Get(property)}
			for _, item := range items {
				entry.Values = append(entry.Values, fmt.Sprint(item))
			}
			out.InForce[property] = entry
			out.Written = append(out.Written, entry)
		}
	}
	return out
}

// Lists are the values of each property; nil where there is no entry.
func (a Allow) Lists() map[string][]string {
	if len(a.InForce) == 0 {
		return nil
	}
	lists := map[string][]string{}
	for property, allowed := range a.InForce {
		lists[property] = allowed.Values
	}
	return lists
}

// Origins lists where each entry was written, by property.
func (a Allow) Origins(d *document.Document) []endpoint.Origin {
	var list []endpoint.Origin
	for _, property := range slices.Sorted(maps.Keys(a.InForce)) {
		entry := a.InForce[property]
		list = append(list, endpoint.Origin{Pointer: property, Value: string(jsonOf(entry.Values)), Source: d.Place(entry.Node).String()})
	}
	return list
}
