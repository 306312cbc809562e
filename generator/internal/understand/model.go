package understand

import (
	"maps"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/effective"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/generator/internal/payload"
	"github.com/penstock-dev/penstock/generator/internal/security"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// newModel makes the model of a document without its operations.
func newModel(d *document.Document, api *declared.API) *model.Model {
	info := d.Root.Get("info")
	return &model.Model{
		API: api.Name, Pos: api.Pos, Pointer: api.Pointer, Source: d.Path, Format: d.Spec(), BasePath: api.BasePath,
		Title: info.Get("title").Str(), Version: info.Get("version").Str(), Description: info.Get("description").Str(),
	}
}

// add adds an operation to a model, and the schemes that it requires.
func add(m *model.Model, op *model.Operation, s security.Security) {
	m.Operations = append(m.Operations, op)
	if m.SecuritySchemes == nil && len(s.Schemes) > 0 {
		m.SecuritySchemes = map[string]*model.SecurityScheme{}
	}
	maps.Copy(m.SecuritySchemes, s.Schemes)
}

// newOperation makes the operation of a model.
func newOperation(d *document.Document, op *effective.Operation, p payload.Payloads) *model.Operation {
	out := &model.Operation{
		Name: op.Name, Pos: op.Pos, Pointer: d.Pointer(op.Node), Summary: op.Summary, Description: op.Description, Tags: op.Tags,
		LoadBalancer: op.Endpoints.Balancer, Topic: op.Topic, Partitions: op.Partitions,
		Publish: p.Publish, Subscribe: p.Subscribe, Security: op.Security.Requirements,
		Allow: op.Allow.Lists(), AllowOrigins: op.Allow.Origins(d),
	}
	if op.Named != nil {
		out.TopicPos = op.Named.Pos
	}
	for _, a := range op.Attributes {
		out.Attributes = append(out.Attributes, a.Attribute)
	}
	for _, e := range op.Endpoints.List {
		out.Endpoints = append(out.Endpoints, e.Value)
		out.Origins = append(out.Origins, endpointOrigins(e)...)
	}
	for _, ep := range op.Entrypoints {
		out.Entrypoints = append(out.Entrypoints, ep.Entrypoint)
		out.Origins = append(out.Origins, ep.Layers.Origins(schema.Entrypoints, map[string]any{string(ep.Kind): ep.Config})...)
	}
	return out
}

// endpointOrigins tells where each value of an endpoint came from, the documented defaults included.
func endpointOrigins(e *effective.Endpoint) []endpoint.Origin {
	full, _ := schema.ApplyDefaults(schema.Endpoint, e.Value).(map[string]any)
	origins := e.Layers.Origins(schema.Endpoint, full)
	for i := range origins {
		origins[i].Endpoint = e.Name
	}
	return origins
}
