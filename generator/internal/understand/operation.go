package understand

import (
	"maps"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/generator/internal/payload"
	"github.com/penstock-dev/penstock/generator/internal/security"
	"github.com/penstock-dev/penstock/schema"
)

// operation adds one operation to the model when it is exposed.
func (b *builder) operation(s *declared.Operation) {
	entrypoints := b.entrypoints(s)
	if len(entrypoints) == 0 {
		return
	}
	op := &model.Operation{
		Name: s.Name, Pos: s.Pos, Pointer: b.Doc.Pointer(s.Node), Summary: s.Summary, Description: s.Description,
		Tags: s.Tags, Partitions: s.Partitions,
	}
	for _, ep := range entrypoints {
		op.Entrypoints = append(op.Entrypoints, ep.Entrypoint)
	}
	c := b.endpoints(s)
	attributes := b.attributes(s)
	for _, a := range attributes {
		op.Attributes = append(op.Attributes, a.Attribute)
	}
	b.topics(op, s, c, attributes)
	b.checkEndpoints(s, c, attributes)
	for _, ep := range entrypoints {
		b.checkEntrypoint(c, ep, attributes)
	}
	allow := b.judged(op, c, attributes, b.allow(s))
	b.checkSecurity(s, c)
	required, issues := security.Read(b.Doc, s)
	b.Add(issues...)
	op.Security = required.Requirements
	if b.model.SecuritySchemes == nil && len(required.Schemes) > 0 {
		b.model.SecuritySchemes = map[string]*model.SecurityScheme{}
	}
	maps.Copy(b.model.SecuritySchemes, required.Schemes)
	if required.Anonymous() {
		for _, ep := range entrypoints {
			b.hint(ep)
		}
	}
	if len(allow.lists) > 0 {
		op.Allow, op.AllowOrigins = allow.lists, b.allowOrigins(allow)
	}
	b.effects(op, c, entrypoints)
	b.model.Operations = append(b.model.Operations, op)
	publishes, subscribes := directions(op)
	b.exposed = append(b.exposed, payload.Operation{Operation: s, Publishes: publishes, Subscribes: subscribes})
}

// judged checks what requests choose in an operation.
func (b *builder) judged(op *model.Operation, c *chosen, attributes []assignment, allow *allowed) *allowed {
	j := &judge{builder: b, op: op, allow: allow}
	j.assignments(attributes)
	for _, e := range c.endpoints {
		if !c.bad {
			j.endpoint(e)
		}
	}
	return allow
}

// effects writes what is in force, and where it came from.
func (b *builder) effects(op *model.Operation, c *chosen, entrypoints []*served) {
	if c.group != nil {
		op.LoadBalancer = c.balancer
	}
	for _, e := range c.endpoints {
		op.Endpoints = append(op.Endpoints, e.value)
		for _, o := range e.layers.origins(schema.Endpoint, defaulted(e.value)) {
			o.Endpoint = e.name
			op.Origins = append(op.Origins, o)
		}
	}
	for _, ep := range entrypoints {
		op.Origins = append(op.Origins, ep.layers.origins(schema.Entrypoints, map[string]any{string(ep.Kind): ep.Config})...)
	}
}

// defaulted is an endpoint with the documented defaults filled in.
func defaulted(value map[string]any) map[string]any {
	full, _ := schema.ApplyDefaults(schema.Endpoint, value).(map[string]any)
	return full
}

// directions says which sides the entrypoints of an operation have.
func directions(op *model.Operation) (publishes, subscribes bool) {
	for _, e := range op.Entrypoints {
		publishes = publishes || e.Publishes
		subscribes = subscribes || e.Subscribes
	}
	return publishes, subscribes
}
