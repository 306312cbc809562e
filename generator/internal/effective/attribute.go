package effective

import (
	"encoding/json"
	"fmt"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// Attribute is one entry of x-kafka-attributes.
type Attribute struct {
	endpoint.Attribute
	Choice schema.Choice
	Given  any            // the value as it stands there
	Node   *document.Node // the entry
}

// attributes reads the attributes of an operation in the order of their evaluation: those of the
// root, of the channel, of the operation. Annotations with a fault, which was reported, have none.
func (m *merger) attributes(op *declared.Operation) []*Attribute {
	var list []*Attribute
	for _, a := range []*declared.Annotation{m.api.Annotations.Attributes, op.ChannelAnnotations.Attributes, op.Annotations.Attributes} {
		if a == nil || a.Bad {
			continue
		}
		items, _ := a.Value.([]any)
		for i, item := range items {
			value, _ := item.(map[string]any)
			list = append(list, m.attribute(a.Node.Items[i], value))
		}
	}
	return list
}

// attribute reads one entry.
func (m *merger) attribute(n *document.Node, value map[string]any) *Attribute {
	a := &Attribute{Given: value["value"], Node: n}
	a.Name, _ = value["name"].(string)
	a.Condition, _ = value["condition"].(string)
	a.Message = value["phase"] == "message"
	a.Source = m.Doc.Place(n).String()
	a.Value = jsonOf(a.Given)
	a.Choice = schema.Attribute(a.Name)
	return a
}

// jsonOf writes a value of a document.
func jsonOf(value any) endpoint.JSON {
	text, err := json.Marshal(value)
	if err != nil {
		return endpoint.JSON(fmt.Sprintf("%q", fmt.Sprint(value)))
	}
	return endpoint.JSON(text)
}
