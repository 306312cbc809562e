package effective

import (
	"slices"

	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// The sides of the endpoint's configuration.
const (
	Producer = "producer"
	Consumer = "consumer"
)

// nameTopic finds the topic in force of each direction of each endpoint: what channel or operation
// write, else what the document itself names, else what root or server write. Topics of root and
// server are removed from the endpoints where the document names one.
func (op *Operation) nameTopic() {
	named := op.TopicName()
	if named == nil {
		return
	}
	publishes, subscribes := op.Directions()
	for _, side := range []struct {
		name string
		on   bool
	}{{Producer, publishes}, {Consumer, subscribes}} {
		for _, e := range op.Endpoints.List {
			if hasTopics(e.own, side.name) {
				continue
			}
			e.Value = withoutTopics(e.Value, side.name)
			if side.on {
				op.Named = named
			}
		}
	}
	if op.Named != nil {
		op.topic()
	}
}

// topic reads the topic that the document names, and where its parameters come from.
func (op *Operation) topic() {
	op.Topic.Template = op.Named.Text
	for _, name := range model.Params(op.Named.Text) {
		if slices.ContainsFunc(op.Topic.Params, func(p endpoint.Param) bool { return p.Name == name }) {
			continue
		}
		parameter := op.Parameters[name]
		op.Topic.Params = append(op.Topic.Params, endpoint.Param{Name: name, Enum: parameter.Enum})
		if !parameter.Optional {
			continue
		}
		if op.Topic.Defaults == nil {
			op.Topic.Defaults = map[string]string{}
		}
		op.Topic.Defaults[name] = parameter.Fallback
	}
}

// HasTopics says whether an endpoint names topics of a side itself.
func (e *Endpoint) HasTopics(side string) bool { return hasTopics(e.Value, side) }

func hasTopics(value map[string]any, side string) bool {
	s := section(value, side)
	return s["topics"] != nil || s["topicPattern"] != nil
}

// withoutTopics copies an endpoint and removes the topics of one side.
func withoutTopics(value map[string]any, side string) map[string]any {
	if section(value, side) == nil {
		return value
	}
	patch := map[string]any{"sharedConfigurationOverride": map[string]any{side: map[string]any{"topics": nil, "topicPattern": nil}}}
	out, _ := schema.Merge(value, patch).(map[string]any)
	return out
}
