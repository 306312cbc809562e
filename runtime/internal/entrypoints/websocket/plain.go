package websocket

import (
	"net/http"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// plain is the protocol without a subprotocol: a frame is a payload. A message that is refused,
// or could not be written, ends the socket, because no frame could say which one it was.
type plain struct {
	content entrypoints.Content
}

func newPlain(h *handler) *plain {
	p := &plain{}
	if h.op.Subscribe != nil {
		p.content = entrypoints.NewContent(h.op.Subscribe.Payload)
	}
	return p
}

// AppendFrame implements qos.Encoder: the type of the frame, then the payload. JSON is text,
// other payloads are binary, and a tombstone is an empty binary frame.
func (p *plain) AppendFrame(dst []byte, b *qos.Batch, i int) []byte {
	value := b.Record(i).Value
	kind := websocket.MessageBinary
	if p.content.IsJSON(value) {
		kind = websocket.MessageText
	}
	return append(append(dst, byte(kind)), value...)
}

func (*plain) split(encoded []byte) (websocket.MessageType, []byte) {
	return websocket.MessageType(encoded[0]), encoded[1:]
}

func (*plain) lacksID([]byte) bool { return false }

func (*plain) withID(*qos.Batch, int) []byte { return nil }

func (*plain) receive(s *socket, _ websocket.MessageType, data []byte) *ending {
	if !s.publishes {
		return &ending{websocket.StatusPolicyViolation, "this socket takes no messages"}
	}
	item := &entrypoints.Item{Record: core.Record{Value: data}}
	s.publish(item, s.exchange.Request.Header)
	if item.Refused != nil {
		s.pipeline.Close() // what the client sent behind it is not published any more
	}
	return nil
}

func (*plain) answer(dst []byte, _ *socket, _ *entrypoints.Item, err error) ([]byte, *ending) {
	if err == nil {
		return dst, nil
	}
	e := web.Of(err)
	if e.Code.Status() >= http.StatusInternalServerError {
		return dst, &ending{websocket.StatusInternalError, string(e.Code)}
	}
	return dst, &ending{websocket.StatusPolicyViolation, reason(e)}
}

func (*plain) problem(*core.Error) []byte { return nil }
