package websocket

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// largeID is the size in bytes above which an id does not stand in every frame.
const largeID = 4 << 10

const (
	messageFrame = `{"type":"message",`
	idMember     = `"id":"`
)

// v1 is the subprotocol penstock.v1: JSON text frames with a type, as schema/penstock.v1.json
// describes them. A frame that breaks the subprotocol ends the socket. A frame that is refused is
// answered by a problem, and the socket stays open.
type v1 struct {
	level     endpoint.QoS
	acks      bool // records wait for an acknowledgement
	mostID    int  // size of an id that every frame has; 0: any
	publishes bool
	nullIsNil bool // content null is a tombstone
	encodeIDs bool
	outgoing  entrypoints.Content // of records for the client
	incoming  entrypoints.Content // of messages from the client
}

func newV1(h *handler, encodeIDs bool) *v1 {
	v := &v1{level: h.level, publishes: h.publishes, nullIsNil: h.tombstones, encodeIDs: encodeIDs, mostID: largeID}
	if h.acknowledges() {
		v.acks, v.mostID = true, 0 // the client acknowledges by the id
	}
	if h.op.Subscribe != nil {
		v.outgoing = entrypoints.NewContent(h.op.Subscribe.Payload)
	}
	if h.op.Publish != nil {
		v.incoming = entrypoints.NewContent(h.op.Publish.Payload)
	}
	return v
}

// AppendFrame implements qos.Encoder: a message frame, without an id that is large.
func (v *v1) AppendFrame(dst []byte, b *qos.Batch, i int) []byte {
	return v.appendMessage(dst, b, i, v.mostID, 1)
}

// appendMessage appends {type, id, content, encoding?, key?, headers, metadata}; the metadata
// counts deliveries where there can be several.
func (v *v1) appendMessage(dst []byte, b *qos.Batch, i, mostID, delivery int) []byte {
	dst = append(dst, messageFrame...)
	if b.HasIDs() {
		start := len(dst)
		dst = append(dst, idMember...)
		dst = b.AppendID(dst, i, v.encodeIDs)
		if mostID > 0 && len(dst)-start-len(idMember) > mostID {
			dst = dst[:start]
		} else {
			dst = append(dst, '"', ',')
		}
	}
	rec := *b.Record(i)
	dst = v.outgoing.AppendMembers(dst, rec.Value)
	if rec.Key != nil {
		dst = append(dst, ',')
		dst = entrypoints.AppendKey(dst, rec.Key)
		rec.Key = nil // it does not stand in the metadata again
	}
	dst = append(dst, `,"headers":`...)
	dst = entrypoints.AppendHeaders(dst, rec.Headers)
	dst = append(dst, `,"metadata":`...)
	dst = entrypoints.AppendMetadata(dst, &rec)
	if v.acks {
		dst = append(dst[:len(dst)-1], `,"delivery":`...)
		dst = append(strconv.AppendInt(dst, int64(delivery), 10), '}')
	}
	return append(dst, '}')
}

func (*v1) split(encoded []byte) (websocket.MessageType, []byte) {
	return websocket.MessageText, encoded
}

func (v *v1) lacksID(frame []byte) bool {
	return v.level.IDs() && !bytes.HasPrefix(frame[len(messageFrame):], []byte(idMember))
}

func (v *v1) withID(b *qos.Batch, i int) []byte { return v.appendMessage(nil, b, i, 0, 1) }

// receive takes a frame: it publishes a message, or hands an acknowledgement over.
func (v *v1) receive(s *socket, kind websocket.MessageType, data []byte) *ending {
	if kind != websocket.MessageText {
		return &ending{websocket.StatusPolicyViolation, "frames of " + subprotocol + " are text"}
	}
	f, wrong := parseFrame(data)
	if wrong != "" {
		return &ending{websocket.StatusPolicyViolation, wrong}
	}
	item := &entrypoints.Item{Ref: f.ref}
	switch {
	case f.kind == publishKind && v.publishes:
		v.publish(s, item, f)
	case f.kind == publishKind:
		s.refuse(item, "this socket takes no messages")
	case !v.acks:
		s.refuse(item, "this socket has no "+f.kind+" frames: they belong to subscribers at level "+string(endpoint.AtLeastOnce))
	case !s.acks.hand(f):
		return &ending{}
	}
	return nil
}

func (v *v1) publish(s *socket, item *entrypoints.Item, f *frame) {
	var value []byte
	if !v.nullIsNil || string(f.content) != "null" {
		var wrong string
		if value, wrong = f.payload(v.incoming); wrong != "" {
			s.refuse(item, wrong)
			return
		}
	}
	item.Record.Value, item.Record.Key, item.Record.Headers = value, f.key, f.headers
	headers := make(http.Header, len(f.headers))
	for _, h := range f.headers {
		headers.Add(h.Name, string(h.Value))
	}
	s.publish(item, headers)
}

// answer implements protocol: a receipt, which level none does not have, or a problem.
func (v *v1) answer(dst []byte, s *socket, item *entrypoints.Item, err error) ([]byte, *ending) {
	if err != nil {
		return appendProblem(dst, item.Ref, "", web.Of(err)), nil
	}
	if v.level == endpoint.None {
		return dst, nil
	}
	dst = append(dst, `{"type":"receipt",`...)
	dst = appendRef(dst, item.Ref)
	dst = entrypoints.AppendReceipt(dst, s.pub, item.Delivery.Results())
	return append(dst, '}'), nil
}

func (*v1) problem(e *core.Error) []byte { return appendProblem(nil, nil, "", e) }

// appendProblem appends what is wrong with the message of a ref or of an id, or with the socket.
func appendProblem(dst, ref []byte, id string, e *core.Error) []byte {
	dst = append(dst, `{"type":"problem",`...)
	dst = appendRef(dst, ref)
	if id != "" {
		dst = append(dst, idMember[:len(idMember)-1]...)
		dst = append(web.AppendString(dst, id), ',')
	}
	dst = web.AppendMembers(dst, e, e.Code.Status(), "")
	return append(dst, '}')
}

// appendRef appends the client's name for its message, if it gave one.
func appendRef(dst []byte, ref json.RawMessage) []byte {
	if len(ref) == 0 {
		return dst
	}
	return append(append(append(dst, `"ref":`...), ref...), ',')
}
