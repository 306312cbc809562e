package understand

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

// served is an entrypoint with the annotations that made it.
type served struct {
	*model.Entrypoint
	layers layers
	node   *document.Node // the strongest annotation of this kind, nil in OpenAPI without one
	source *declared.Operation
	level  endpoint.QoS // "" where it was refused
}

// entrypoints gives the effective entrypoints of an operation, none when it is not exposed.
func (b *builder) entrypoints(s *declared.Operation) []*served {
	annotations := []*declared.Annotation{
		b.api.Annotations.Entrypoints, s.ChannelAnnotations.Entrypoints, s.Annotations.Entrypoints,
	}
	var full, own any = map[string]any{}, map[string]any{}
	var made, below layers
	for i, a := range annotations {
		if a == nil {
			continue
		}
		b.deleted(full.(map[string]any), a)
		full = schema.Merge(full, a.Object())
		made = append(made, layer{node: a.Node})
		if i > 0 {
			own = schema.Merge(own, a.Object())
			below = append(below, layer{node: a.Node})
		}
	}
	var kinds []endpoint.Kind
	if b.Doc.Format.Async() {
		kinds = b.asyncKinds(s, own.(map[string]any), annotations[2])
	} else {
		kinds = b.openAPIKinds(s, own.(map[string]any), annotations)
	}
	var list []*served
	for _, kind := range kinds {
		config, _ := full.(map[string]any)[string(kind)].(map[string]any)
		if config["enabled"] == false {
			continue
		}
		if e := b.entrypoint(s, kind, config, made, below); e != nil {
			list = append(list, e)
		}
	}
	return list
}

// deleted warns about a null that deletes nothing: in YAML an entrypoint without a value is one.
func (b *builder) deleted(weaker map[string]any, a *declared.Annotation) {
	if a.Node.Kind != document.Object {
		return
	}
	for _, m := range a.Node.Members {
		if _, there := weaker[m.Key]; there || m.Value.Kind != document.Null {
			continue
		}
		b.WarnKey(&m, "%s is null, which removes it: write {} for an entrypoint with its defaults", m.Key)
	}
}

// asyncKinds picks the kinds that channel and operation write. What only the channel writes
// goes to the operations whose direction it has, where there are any.
func (b *builder) asyncKinds(s *declared.Operation, own map[string]any, operation *declared.Annotation) []endpoint.Kind {
	var kinds []endpoint.Kind
	for _, kind := range endpoint.Kinds() {
		if _, ok := own[string(kind)].(map[string]any); !ok {
			continue
		}
		_, written := operation.Object()[string(kind)]
		if written || fits(kind, s.Direction) || !slices.ContainsFunc(s.Siblings, func(o *declared.Operation) bool { return fits(kind, o.Direction) }) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// fits says whether a kind can serve a direction.
func fits(kind endpoint.Kind, d endpoint.Direction) bool {
	return len(endpoint.Matrix(kind, d)) > 0
}

// entrypoint makes one effective entrypoint; nil when it cannot be served. It stands where
// channel or operation write it, the layers below the root.
func (b *builder) entrypoint(s *declared.Operation, kind endpoint.Kind, config map[string]any, made, below layers) *served {
	node := below.origin("/" + string(kind))
	e := &served{Entrypoint: &model.Entrypoint{Kind: kind, Pos: s.Pos, Pointer: b.Doc.Pointer(s.Node), Method: "GET"}, layers: made, node: node, source: s}
	if node != nil {
		e.Pos, e.Pointer = b.Doc.Place(node), b.Doc.Pointer(node)
	}
	if kind == endpoint.HTTPPost {
		e.Method = "POST"
	}
	if s.Method == "PUT" && kind == endpoint.HTTPPost {
		e.Method = "PUT"
	}
	if kind == endpoint.Webhook {
		b.webhook(e, config)
		return nil
	}
	config = b.sides(e, config)
	full, _ := schema.ApplyDefaults(schema.Entrypoints, map[string]any{string(kind): config}).(map[string]any)
	e.Config, _ = full[string(kind)].(map[string]any)
	b.path(e)
	b.level(e)
	b.direction(e)
	return e
}

// webhook refuses a webhook, which no version serves yet, and says what else is wrong with it.
func (b *builder) webhook(e *served, config map[string]any) {
	b.Fail(e.node, "webhook is not served yet")
	e.Subscribes = true
	e.Config, _ = schema.Merge(map[string]any{}, config).(map[string]any)
	b.level(e)
}

// sides finds out in which directions the entrypoint works. A websocket of AsyncAPI takes the
// direction of its operation where it does not say itself.
func (b *builder) sides(e *served, config map[string]any) map[string]any {
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
			b.failAt(e, "", "websocket has neither a publisher nor a subscriber")
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

// failAt reports an error at a value of the entrypoint, or at what stands for it.
func (b *builder) failAt(e *served, pointer, format string, args ...any) {
	if n := e.layers.origin("/" + string(e.Kind) + pointer); n != nil && pointer != "" {
		b.Fail(n, format, args...)
		return
	}
	b.Add(document.Issue{Pos: e.Pos, Pointer: e.Pointer, Message: fmt.Sprintf(format, args...)})
}

// level checks the quality of service.
func (b *builder) level(e *served) {
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
			b.failAt(e, "/qos", "%s has no level %s: it has %s", e.Kind, level, report.Words(allowed))
			return
		}
	}
	e.level = level
}

// hint says what a level with a group costs where everybody may listen.
func (b *builder) hint(e *served) {
	live := e.Kind == endpoint.SSE || e.Kind == endpoint.WebSocket
	if !live || !e.Subscribes || e.level == "" || !e.level.Group() {
		return
	}
	b.Add(document.Issue{
		Pos: e.Pos, Warning: true,
		Message: fmt.Sprintf("%s at level %s makes every client address a member of a consumer group: level none serves a broadcast without authentication from one reader", e.Kind, e.level),
		Pointer: e.Pointer,
	})
}

// direction warns where AsyncAPI's action says something else than the entrypoint does.
func (b *builder) direction(e *served) {
	word := map[bool]string{true: "publish", false: "subscribe"}
	switch d := e.source.Direction; {
	case d == 0, e.Publishes && e.Subscribes:
	case e.Publishes && d == endpoint.Subscribing, e.Subscribes && d == endpoint.Publishing:
		issue := document.Issue{
			Pos: e.Pos, Warning: true, Pointer: e.Pointer,
			Message: fmt.Sprintf("%s lets web clients %s, but %q says that they %s", e.Kind, word[e.Publishes], e.source.Action.Text, word[!e.Publishes]),
		}
		b.Add(issue)
	}
}
