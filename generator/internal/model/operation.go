package model

import (
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// operation adds one operation to the model when it is exposed.
func (b *builder) operation(s *source) {
	entrypoints := b.entrypoints(s)
	if len(entrypoints) == 0 {
		return
	}
	op := &Operation{
		Name: s.name, Pos: s.pos, Pointer: b.doc.Pointer(s.node), Summary: summary(s.node), Description: s.node.Get("description").Str(),
		Tags: tags(s.node), Partitions: b.kafkaPartitions(s.channel),
	}
	e := b.endpoint(s)
	op.EndpointPos = s.pos
	if n := e.layers.origin(""); n != nil {
		op.EndpointPos = b.doc.Place(n)
	}
	for _, ep := range entrypoints {
		op.Entrypoints = append(op.Entrypoints, ep.Entrypoint)
	}
	b.topics(op, s, e)
	b.checkEndpoint(s, e)
	for _, ep := range entrypoints {
		b.checkEntrypoint(e, ep)
	}
	b.checkSecurity(s, e)
	op.Endpoint = e.value
	op.Allow = b.allow(s)
	op.Origins = e.layers.origins(schema.Endpoint, defaulted(e.value))
	for _, ep := range entrypoints {
		op.Origins = append(op.Origins, ep.layers.origins(schema.Entrypoints, map[string]any{string(ep.Kind): ep.Config})...)
	}
	b.payloads(op, s)
	b.model.Operations = append(b.model.Operations, op)
}

// defaulted is an endpoint with the documented defaults filled in.
func defaulted(value map[string]any) map[string]any {
	full, _ := schema.ApplyDefaults(schema.Endpoint, value).(map[string]any)
	return full
}

// directions says which sides the entrypoints of an operation have.
func (op *Operation) directions() (publishes, subscribes bool) {
	for _, e := range op.Entrypoints {
		publishes = publishes || e.Publishes
		subscribes = subscribes || e.Subscribes
	}
	return publishes, subscribes
}

func (b *builder) payloads(op *Operation, s *source) {
	payload := b.asyncPayload
	if !b.doc.Format.Async() {
		payload = b.openAPIPayload
	}
	publishes, subscribes := op.directions()
	if publishes {
		op.Publish = payload(s, endpoint.Publishing)
	}
	if subscribes {
		op.Subscribe = payload(s, endpoint.Subscribing)
	}
}

// allow merges x-kafka-allow: root < channel < operation.
func (b *builder) allow(s *source) map[string][]string {
	var merged any = map[string]any{}
	for _, holder := range []*document.Node{b.doc.Root, s.channel, s.node} {
		if a := b.annotation(holder, "x-kafka-allow", schema.Allow); a != nil && !a.bad {
			merged = schema.Merge(merged, a.value)
		}
	}
	var allow map[string][]string
	lists, _ := merged.(map[string]any)
	for property, list := range lists {
		items, _ := list.([]any)
		for _, item := range items {
			if text, ok := item.(string); ok {
				if allow == nil {
					allow = map[string][]string{}
				}
				allow[property] = append(allow[property], text)
			}
		}
	}
	return allow
}

// tags lists the tags of an operation: texts in OpenAPI, objects with a name in AsyncAPI.
func tags(n *document.Node) []string {
	list := n.Get("tags")
	if list == nil {
		return nil
	}
	var names []string
	for _, item := range list.Items {
		if name := item.Str(); name != "" {
			names = append(names, name)
		} else if name := item.Get("name").Str(); name != "" {
			names = append(names, name)
		}
	}
	return names
}
