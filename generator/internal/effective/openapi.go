package effective

import (
	"fmt"
	"slices"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// natural lists the entrypoints that the document itself describes: by the method, and for
// GET by the media types of its answers.
func (m *merger) natural(op *declared.Operation) []endpoint.Kind {
	switch op.Method {
	case "POST", "PUT":
		return []endpoint.Kind{endpoint.HTTPPost}
	case "GET":
		var kinds []endpoint.Kind
		stream, other := m.answers(op)
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
func (m *merger) answers(op *declared.Operation) (stream, other bool) {
	for _, content := range op.Successes(m.Report) {
		for _, media := range content.Members {
			if declared.MediaType(media.Key) == declared.EventStream {
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
func (m *merger) openAPIKinds(op *declared.Operation, own map[string]any, annotations []*declared.Annotation) []endpoint.Kind {
	exposed := annotations[1] != nil || annotations[2] != nil || op.Annotations.Endpoint != nil
	if !exposed {
		return nil
	}
	kinds := m.natural(op)
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
func (m *merger) contradictions(op *declared.Operation) {
	for _, a := range []*declared.Annotation{op.ChannelAnnotations.Entrypoints, op.Annotations.Entrypoints} {
		if a == nil || a.Bad {
			continue
		}
		for _, kind := range []endpoint.Kind{endpoint.HTTPPost, endpoint.HTTPGet, endpoint.SSE} {
			written := a.Node.Member(string(kind))
			if written == nil || written.Value.Kind == document.Null || off(written.Value) || slices.Contains(m.natural(op), kind) {
				continue
			}
			if a == op.ChannelAnnotations.Entrypoints && m.anyNatural(op.Siblings, kind) {
				continue
			}
			m.FailKey(written, "%s", m.contradiction(op, kind))
		}
	}
}

func (m *merger) anyNatural(all []*declared.Operation, kind endpoint.Kind) bool {
	return slices.ContainsFunc(all, func(op *declared.Operation) bool { return slices.Contains(m.natural(op), kind) })
}

// contradiction says why a kind does not fit an operation.
func (m *merger) contradiction(op *declared.Operation, kind endpoint.Kind) string {
	natural := m.natural(op)
	switch {
	case len(natural) == 0:
		return fmt.Sprintf("%s contradicts the method %s: only GET, POST and PUT are served", kind, op.Method)
	case kind == endpoint.HTTPPost || op.Method != "GET":
		return fmt.Sprintf("%s contradicts the method %s, which is %s", kind, op.Method, natural[0])
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
