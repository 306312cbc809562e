package understand

import (
	"fmt"
	"slices"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// natural lists the entrypoints that the document itself describes: by the method, and for
// GET by the media types of its answers.
func (b *builder) natural(s *declared.Operation) []endpoint.Kind {
	switch s.Method {
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

// answers says whether the 2xx answers have an event stream, and anything else.
func (b *builder) answers(s *declared.Operation) (stream, other bool) {
	for _, content := range s.Successes(b.Report) {
		for _, m := range content.Members {
			if declared.MediaType(m.Key) == declared.EventStream {
				stream = true
			} else {
				other = true
			}
		}
	}
	return stream, other
}

// openAPIKinds picks the entrypoints of an operation: those that the document describes and a
// websocket, when path item or operation are annotated.
func (b *builder) openAPIKinds(s *declared.Operation, own map[string]any, annotations []*declared.Annotation) []endpoint.Kind {
	exposed := annotations[1] != nil || annotations[2] != nil || s.Annotations.Endpoint != nil
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
func (b *builder) contradictions(s *declared.Operation) {
	for _, a := range []*declared.Annotation{s.ChannelAnnotations.Entrypoints, s.Annotations.Entrypoints} {
		if a == nil || a.Bad {
			continue
		}
		for _, kind := range []endpoint.Kind{endpoint.HTTPPost, endpoint.HTTPGet, endpoint.SSE} {
			m := a.Node.Member(string(kind))
			if m == nil || m.Value.Kind == document.Null || off(m.Value) || slices.Contains(b.natural(s), kind) {
				continue
			}
			if a == s.ChannelAnnotations.Entrypoints && b.anyNatural(s.Siblings, kind) {
				continue
			}
			b.FailKey(m, "%s", b.contradiction(s, kind))
		}
	}
}

func (b *builder) anyNatural(all []*declared.Operation, kind endpoint.Kind) bool {
	return slices.ContainsFunc(all, func(s *declared.Operation) bool { return slices.Contains(b.natural(s), kind) })
}

// contradiction says why a kind does not fit an operation.
func (b *builder) contradiction(s *declared.Operation, kind endpoint.Kind) string {
	natural := b.natural(s)
	switch {
	case len(natural) == 0:
		return fmt.Sprintf("%s contradicts the method %s: only GET, POST and PUT are served", kind, s.Method)
	case kind == endpoint.HTTPPost || s.Method != "GET":
		return fmt.Sprintf("%s contradicts the method %s, which is %s", kind, s.Method, natural[0])
	case kind == endpoint.SSE:
		return "sse contradicts the answers of the operation: none is " + declared.EventStream
	}
	return fmt.Sprintf("%s contradicts the answers of the operation, which are all %s", kind, declared.EventStream)
}

// off says whether an entrypoint is switched off.
func off(n *document.Node) bool {
	enabled := n.Get("enabled")
	return enabled != nil && enabled.Kind == document.Bool && enabled.Text == "false"
}
