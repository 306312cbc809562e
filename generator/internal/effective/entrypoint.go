package effective

import (
	"fmt"
	"slices"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/generator/internal/report"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// Entrypoint is an entrypoint with the annotations that made it.
type Entrypoint struct {
	*model.Entrypoint
	Layers Layers
	Level  endpoint.QoS   // "" where it was refused
	node   *document.Node // the strongest annotation of this kind, nil in OpenAPI without one
	source *declared.Operation
}

// Issue makes an error about a value of the entrypoint, at what stands for it.
func (e *Entrypoint) Issue(d *document.Document, pointer, format string, args ...any) document.Issue {
	if n := e.Layers.Origin("/" + string(e.Kind) + pointer); n != nil && pointer != "" {
		return d.Issue(n, format, args...)
	}
	return document.Issue{Pos: e.Pos, Pointer: e.Pointer, Message: fmt.Sprintf(format, args...)}
}

// entrypoints gives the effective entrypoints of an operation, none when it is not exposed.
func (m *merger) entrypoints(op *declared.Operation) []*Entrypoint {
	annotations := []*declared.Annotation{
		m.api.Annotations.Entrypoints, op.ChannelAnnotations.Entrypoints, op.Annotations.Entrypoints,
	}
	var full, own any = map[string]any{}, map[string]any{}
	var made, below Layers
	for i, a := range annotations {
		if a == nil {
			continue
		}
		m.deleted(full.(map[string]any), a)
		full = schema.Merge(full, a.Object())
		made = append(made, layer{node: a.Node})
		if i > 0 {
			own = schema.Merge(own, a.Object())
			below = append(below, layer{node: a.Node})
		}
	}
	var kinds []endpoint.Kind
	if m.Doc.Format.Async() {
		kinds = m.asyncKinds(op, own.(map[string]any), annotations[2])
	} else {
		kinds = m.openAPIKinds(op, own.(map[string]any), annotations)
	}
	var list []*Entrypoint
	for _, kind := range kinds {
		config, _ := full.(map[string]any)[string(kind)].(map[string]any)
		if config["enabled"] == false {
			continue
		}
		if e := m.entrypoint(op, kind, config, made, below); e != nil {
			list = append(list, e)
		}
	}
	return list
}

// deleted warns about a null that deletes nothing: in YAML an entrypoint without a value is one.
func (m *merger) deleted(weaker map[string]any, a *declared.Annotation) {
	if a.Node.Kind != document.Object {
		return
	}
	for i := range a.Node.Members {
		n := &a.Node.Members[i]
		if _, there := weaker[n.Key]; !there && n.Value.Kind == document.Null {
			m.WarnKey(n, "%s is null, which removes it: write {} for an entrypoint with its defaults", n.Key)
		}
	}
}

// entrypoint makes one effective entrypoint; nil when it cannot be served. It stands where
// channel or operation write it, the layers below the root.
func (m *merger) entrypoint(op *declared.Operation, kind endpoint.Kind, config map[string]any, made, below Layers) *Entrypoint {
	node := below.Origin("/" + string(kind))
	e := &Entrypoint{Entrypoint: &model.Entrypoint{Kind: kind, Pos: op.Pos, Pointer: m.Doc.Pointer(op.Node), Method: "GET"}, Layers: made, node: node, source: op}
	if node != nil {
		e.Pos, e.Pointer = m.Doc.Place(node), m.Doc.Pointer(node)
	}
	if kind == endpoint.HTTPPost {
		e.Method = "POST"
	}
	if op.Method == "PUT" && kind == endpoint.HTTPPost {
		e.Method = "PUT"
	}
	if kind == endpoint.Webhook {
		m.webhook(e, config)
		return nil
	}
	config = m.sides(e, config)
	full, _ := schema.ApplyDefaults(schema.Entrypoints, map[string]any{string(kind): config}).(map[string]any)
	e.Config, _ = full[string(kind)].(map[string]any)
	m.path(e)
	m.level(e)
	return e
}

// webhook refuses a webhook, which no version serves yet, and says what else is wrong with it.
func (m *merger) webhook(e *Entrypoint, config map[string]any) {
	m.Fail(e.node, "webhook is not served yet")
	e.Subscribes = true
	e.Config, _ = schema.Merge(map[string]any{}, config).(map[string]any)
	m.level(e)
}

// sides finds out in which directions the entrypoint works. A websocket of AsyncAPI takes the
// direction of its operation where it does not say itself.
func (m *merger) sides(e *Entrypoint, config map[string]any) map[string]any {
	switch e.Kind {
	case endpoint.HTTPPost:
		e.Publishes = true
	case endpoint.HTTPGet, endpoint.SSE:
		e.Subscribes = true
	case endpoint.WebSocket:
		config, _ = schema.Merge(map[string]any{}, config).(map[string]any)
		e.Publishes = side(config, "publisher", e.source.Direction != endpoint.Subscribing)
		e.Subscribes = side(config, "subscriber", e.source.Direction != endpoint.Publishing)
		if !e.Publishes && !e.Subscribes {
			m.Add(e.Issue(m.Doc, "", "websocket has neither a publisher nor a subscriber"))
		}
	}
	return config
}

// side reads whether one side of a websocket is on and writes what it took.
func side(config map[string]any, name string, preset bool) bool {
	part, _ := config[name].(map[string]any)
	on, written := part["enabled"].(bool)
	if !written {
		on = preset || part != nil
	}
	config[name] = map[string]any{"enabled": on}
	return on
}

// level checks the quality of service.
func (m *merger) level(e *Entrypoint) {
	text, _ := e.Config["qos"].(string)
	level, ok := endpoint.ParseQoS(text)
	if !ok {
		return // reported by the schema
	}
	e.Config["qos"] = string(level)
	for _, d := range []endpoint.Direction{endpoint.Publishing, endpoint.Subscribing} {
		if d == endpoint.Publishing && !e.Publishes || d == endpoint.Subscribing && !e.Subscribes {
			continue
		}
		if allowed := endpoint.Matrix(e.Kind, d); !slices.Contains(allowed, level) {
			m.Add(e.Issue(m.Doc, "/qos", "%s has no level %s: it has %s", e.Kind, level, report.Words(allowed)))
			return
		}
	}
	e.Level = level
}
