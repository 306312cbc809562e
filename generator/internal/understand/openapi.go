package understand

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// openAPI reads the operations under paths. Those under webhooks are refused where they are
// annotated; callbacks are documentation only.
func (b *builder) openAPI() []*source {
	b.webhooks()
	paths := b.Doc.Root.Get("paths")
	if paths == nil || !b.Want(paths, document.Object, "paths") {
		return nil
	}
	var all []*source
	for _, m := range paths.Members {
		b.beside(m.Value)
		item := b.Resolve(m.Value)
		if strings.HasPrefix(m.Key, "x-") || item == nil || !b.Want(item, document.Object, "a path item") {
			continue
		}
		b.channel(item)
		for _, om := range item.Members {
			if !slices.Contains(methods, om.Key) || !b.Want(om.Value, document.Object, "an operation") {
				continue
			}
			b.annotated(om.Value)
			all = append(all, b.openAPIOperation(m.Key, item, om))
		}
	}
	relate(all)
	for _, s := range all {
		b.contradictions(s)
	}
	return all
}

func (b *builder) openAPIOperation(path string, item *document.Node, m document.Member) *source {
	s := &source{
		name: m.Value.Get("operationId").Str(), node: m.Value, pos: m.KeyPos, channel: item,
		method: strings.ToUpper(m.Key), path: path, servers: b.servers, parameters: map[string]parameter{},
	}
	if s.name == "" {
		s.name = s.method + " " + path
	}
	for _, list := range []*document.Node{item.Get("parameters"), m.Value.Get("parameters")} {
		if list == nil || !b.Want(list, document.Array, "parameters") {
			continue
		}
		for _, p := range list.Items {
			if p = b.Resolve(p); p.Get("in").Str() == "path" {
				s.parameters[p.Get("name").Str()] = b.schemaParameter(p)
			}
		}
	}
	return s
}

// webhooks refuses annotated operations under webhooks.
func (b *builder) webhooks() {
	hooks := b.Doc.Root.Get("webhooks")
	if hooks == nil || !b.Want(hooks, document.Object, "webhooks") {
		return
	}
	for _, m := range hooks.Members {
		item := b.Resolve(m.Value)
		holders := []*document.Node{item}
		for _, method := range methods {
			holders = append(holders, item.Get(method))
		}
		for _, h := range holders {
			if a := h.Member("x-kafka-entrypoints"); a != nil {
				b.Fail(a.Value, "webhook is not served yet")
			}
		}
	}
}

// natural lists the entrypoints that the document itself describes: by the method, and for
// GET by the media types of its answers.
func (b *builder) natural(s *source) []endpoint.Kind {
	switch s.method {
	case "POST", "PUT":
		return []endpoint.Kind{endpoint.HTTPPost}
	case "GET":
		var kinds []endpoint.Kind
		stream, other := b.answers(s)
		if other || !stream {
			kinds = append(kinds, endpoint.HTTPGet)
		}
		if stream {
			kinds = append(kinds, endpoint.SSE)
		}
		return kinds
	}
	return nil
}

const eventStream = "text/event-stream"

// answers says whether the 2xx answers have an event stream, and anything else.
func (b *builder) answers(s *source) (stream, other bool) {
	for _, content := range b.successes(s) {
		for _, m := range content.Members {
			if mediaType(m.Key) == eventStream {
				stream = true
			} else {
				other = true
			}
		}
	}
	return stream, other
}

// successes lists the content maps of the 2xx answers.
func (b *builder) successes(s *source) []*document.Node {
	responses := s.node.Get("responses")
	if responses == nil || !b.Want(responses, document.Object, "responses") {
		return nil
	}
	var contents []*document.Node
	for _, m := range responses.Members {
		if len(m.Key) != 3 || m.Key[0] != '2' {
			continue
		}
		if content := b.Resolve(m.Value).Get("content"); content != nil && b.Want(content, document.Object, "content") {
			contents = append(contents, content)
		}
	}
	return contents
}

// openAPIKinds picks the entrypoints of an operation: those that the document describes and a
// websocket, when path item or operation are annotated.
func (b *builder) openAPIKinds(s *source, own map[string]any, annotations []*annotation) []endpoint.Kind {
	exposed := annotations[1] != nil || annotations[2] != nil || b.annotation(s.node, "x-kafka-endpoint", schema.EndpointPatch) != nil
	if !exposed {
		return nil
	}
	kinds := b.natural(s)
	if len(kinds) == 0 && annotations[2] == nil {
		return nil
	}
	if _, ok := own[string(endpoint.WebSocket)].(map[string]any); ok {
		kinds = append(kinds, endpoint.WebSocket)
	}
	if _, ok := own[string(endpoint.Webhook)].(map[string]any); ok {
		kinds = append(kinds, endpoint.Webhook)
	}
	return kinds
}

// contradictions reports entrypoints that the method or the answers of an operation rule out.
// Those of a path item are for the operations that they fit; one that fits none is reported.
func (b *builder) contradictions(s *source) {
	for _, a := range []*annotation{
		b.annotation(s.channel, "x-kafka-entrypoints", schema.Entrypoints),
		b.annotation(s.node, "x-kafka-entrypoints", schema.Entrypoints),
	} {
		if a == nil || a.bad {
			continue
		}
		for _, kind := range []endpoint.Kind{endpoint.HTTPPost, endpoint.HTTPGet, endpoint.SSE} {
			m := a.node.Member(string(kind))
			if m == nil || m.Value.Kind == document.Null || off(m.Value) || slices.Contains(b.natural(s), kind) {
				continue
			}
			if a.key == s.channel.Member("x-kafka-entrypoints") && b.anyNatural(s.siblings, kind) {
				continue
			}
			b.FailKey(m, "%s", b.contradiction(s, kind))
		}
	}
}

func (b *builder) anyNatural(all []*source, kind endpoint.Kind) bool {
	return slices.ContainsFunc(all, func(s *source) bool { return slices.Contains(b.natural(s), kind) })
}

// contradiction says why a kind does not fit an operation.
func (b *builder) contradiction(s *source, kind endpoint.Kind) string {
	natural := b.natural(s)
	switch {
	case len(natural) == 0:
		return fmt.Sprintf("%s contradicts the method %s: only GET, POST and PUT are served", kind, s.method)
	case kind == endpoint.HTTPPost || s.method != "GET":
		return fmt.Sprintf("%s contradicts the method %s, which is %s", kind, s.method, natural[0])
	case kind == endpoint.SSE:
		return "sse contradicts the answers of the operation: none is " + eventStream
	}
	return fmt.Sprintf("%s contradicts the answers of the operation, which are all %s", kind, eventStream)
}

// off says whether an entrypoint is switched off.
func off(n *document.Node) bool {
	enabled := n.Get("enabled")
	return enabled != nil && enabled.Kind == document.Bool && enabled.Text == "false"
}
