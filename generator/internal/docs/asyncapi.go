package docs

import (
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
	"github.com/penstock-dev/penstock/generator/internal/goname"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// asyncAPI is an AsyncAPI 3.1 document. It takes the view of the gateway: it receives what web
// clients publish, and sends what they subscribe to.
type asyncAPI struct {
	AsyncAPI           string         `json:"asyncapi"`
	Info               info           `json:"info"`
	DefaultContentType string         `json:"defaultContentType"`
	Channels           map[string]any `json:"channels"`
	Operations         map[string]any `json:"operations"`
	Components         struct {
		Schemas         map[string]any `json:"schemas"`
		SecuritySchemes map[string]any `json:"securitySchemes,omitempty"`
	} `json:"components"`
}

// AsyncAPI writes the AsyncAPI document of a model: its event streams and WebSockets, each a
// channel. It is nil when there are none.
func AsyncAPI(m *model.Model, set dialect.Set) ([]byte, error) {
	w := newWriter(m, set)
	out := asyncAPI{
		AsyncAPI: "3.1.0", Info: newInfo(m), DefaultContentType: "application/json",
		Channels: map[string]any{}, Operations: map[string]any{},
	}
	out.Components.Schemas = map[string]any{}
	var keys goname.Set
	for _, op := range m.Operations {
		for _, e := range op.Entrypoints {
			if e.Kind == endpoint.SSE || e.Kind == endpoint.WebSocket {
				w.channel(&out, keys.Free(key(op.Name+"-"+string(e.Kind))), op, e)
			}
		}
	}
	if len(out.Channels) == 0 {
		return nil, nil
	}
	text, err := encode([]any{out.Channels, out.Operations})
	if err != nil {
		return nil, err
	}
	if err := w.used(out.Components.Schemas, text); err != nil {
		return nil, err
	}
	for name, schema := range out.Components.Schemas {
		out.Components.Schemas[name] = dialect.Draft07(schema)
	}
	return encode(out)
}

// channel adds an entrypoint with its operations.
func (w *writer) channel(out *asyncAPI, name string, op *model.Operation, e *model.Entrypoint) {
	messages := map[string]any{}
	channel := map[string]any{
		"address":  strings.TrimSuffix(w.model.BasePath, "/") + e.Path,
		"messages": messages,
	}
	if op.Summary != "" {
		channel["title"] = op.Summary
	}
	if op.Description != "" {
		channel["description"] = op.Description
	}
	if e.Kind == endpoint.WebSocket {
		channel["bindings"] = map[string]any{"ws": map[string]any{"method": "GET", "bindingVersion": "0.1.0"}}
	}
	if len(e.Params) > 0 {
		parameters := map[string]any{}
		for _, p := range e.Params {
			parameter := map[string]any{}
			if p.Enum != nil {
				parameter["enum"] = p.Enum
			}
			parameters[p.Name] = parameter
		}
		channel["parameters"] = parameters
	}
	out.Channels[name] = channel
	if e.Publishes {
		out.Operations[name+"-receive"] = w.guarded(out, op, w.direction("receive", name, messages, op.Publish))
	}
	if e.Subscribes {
		out.Operations[name+"-send"] = w.guarded(out, op, w.direction("send", name, messages, op.Subscribe))
	}
}

// direction adds the messages of one direction to a channel and makes its operation.
func (w *writer) direction(action, channel string, messages map[string]any, p *model.Payload) map[string]any {
	var refs []any
	keys := dialect.SafeNames(messageNames(p))
	for _, m := range p.Messages {
		message := map[string]any{"name": m.Name}
		if m.Summary != "" {
			message["summary"] = m.Summary
		}
		if m.ContentType != "" && m.ContentType != "application/json" {
			message["contentType"] = m.ContentType
		}
		if m.Schema != "" {
			message["payload"] = map[string]any{"$ref": dialect.RefPrefix + w.names[m.Schema]}
		}
		name := keys[m.Name]
		messages[name] = message
		refs = append(refs, map[string]any{"$ref": "#/channels/" + channel + "/messages/" + name})
	}
	return map[string]any{"action": action, "channel": map[string]any{"$ref": "#/channels/" + channel}, "messages": refs}
}

func messageNames(p *model.Payload) []string {
	var names []string
	for _, m := range p.Messages {
		names = append(names, m.Name)
	}
	return names
}

// key makes a name that AsyncAPI takes as a key and a JSON pointer needs no escapes for.
func key(name string) string {
	return dialect.SafeNames([]string{name})[name]
}
