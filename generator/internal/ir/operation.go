package ir

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// payloads fills the descriptors, and the variables that check their messages.
func (l *lowering) payloads() {
	checks := &validators{set: l.set, scope: &l.scope, roots: map[string]string{}, defs: map[string]string{}}
	for i, op := range l.model.Operations {
		out := l.out.Operations[i]
		out.Descriptor = endpoint.Descriptor{
			API: l.model.API, Operation: op.Name, Summary: line(op.Summary), BasePath: l.model.BasePath,
			LoadBalancer: op.LoadBalancer, Topic: op.Topic, Attributes: op.Attributes, Allow: op.Allow, Security: op.Security,
			Origin: origins(op.Origins),
		}
		for _, e := range op.Endpoints {
			out.Descriptor.Endpoints = append(out.Descriptor.Endpoints, text(e))
		}
		for _, e := range op.Entrypoints {
			out.Entrypoints = append(out.Entrypoints, Entrypoint{
				KindConst: kindConsts[e.Kind],
				Entrypoint: endpoint.Entrypoint{
					Kind: e.Kind, Method: e.Method, Path: e.Path, Params: e.Params, Config: text(e.Config),
				},
			})
		}
		out.Publish = l.payload(checks, op.Name, op.Publish)
		out.Subscribe = l.payload(checks, op.Name, op.Subscribe)
	}
	l.out.Schemas = checks.source
}

// origins keeps the values that stand somewhere; the others are defaults.
func origins(all []endpoint.Origin) []endpoint.Origin {
	return slices.DeleteFunc(slices.Clone(all), func(o endpoint.Origin) bool { return o.Source == "default" })
}

// payload lowers the messages of one direction; nil when there is none.
func (l *lowering) payload(checks *validators, name string, p *model.Payload) *Payload {
	if p == nil {
		return nil
	}
	out := &Payload{Payload: endpoint.Payload{ContentTypes: p.ContentTypes}}
	if len(p.Messages) == 1 {
		out.Name = p.Messages[0].Name
	}
	out.SchemaVar = checks.variable(name, "the messages of "+name, payloadSchemas(p))
	out.HeadersVar = checks.variable(name+" headers", "the headers of "+name, headerSchemas(p))
	return out
}

// hooks fills the Hooks struct: by operation, publishing first.
func (l *lowering) hooks() {
	for i, op := range l.model.Operations {
		out := l.out.Operations[i]
		fields := hookFields(out.GoName, op)
		if op.Publish != nil {
			out.Publish.Hook = &Hook{Field: fields[0], Type: l.hookType(op.Publish), Comment: fmt.Sprintf(
				"%s sees each message published by %s after validation and before it is produced. It may change or refuse it.",
				fields[0], l.routes(op, publishes))}
			l.out.Hooks = append(l.out.Hooks, out.Publish.Hook)
		}
		if op.Subscribe != nil {
			field := fields[len(fields)-1]
			out.Subscribe.Hook = &Hook{Field: field, Type: l.hookType(op.Subscribe), Comment: fmt.Sprintf(
				"%s sees each record read for %s before subscribers do. It may change it, or leave it out by returning runtime.Skip.",
				field, l.routes(op, subscribes))}
			l.out.Hooks = append(l.out.Hooks, out.Subscribe.Hook)
		}
	}
}

// hookType is the Go type of a payload.
func (l *lowering) hookType(p *model.Payload) string {
	schemas := payloadSchemas(p)
	switch len(schemas) {
	case 0:
		return "[]byte"
	case 1:
		return l.out.Models.Names[schemas[0]]
	}
	return l.out.Models.Names[unionName(schemas)]
}

// routes lists the routes of an operation in one direction: "POST /orders and WebSocket /orders/ws".
func (l *lowering) routes(op *model.Operation, in func(*model.Entrypoint) bool) string {
	var out []string
	for _, e := range op.Entrypoints {
		if !in(e) {
			continue
		}
		method := e.Method
		switch e.Kind {
		case endpoint.WebSocket:
			method = "WebSocket"
		case endpoint.SSE:
			method = "the stream " + method
		}
		out = append(out, method+" "+line(strings.TrimSuffix(l.model.BasePath, "/")+e.Path))
	}
	if len(out) < 2 {
		return strings.Join(out, "")
	}
	return strings.Join(out[:len(out)-1], ", ") + " and " + out[len(out)-1]
}

func publishes(e *model.Entrypoint) bool { return e.Publishes }

func subscribes(e *model.Entrypoint) bool { return e.Subscribes }
