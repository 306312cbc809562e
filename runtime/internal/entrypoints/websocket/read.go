package websocket

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
)

// read takes frames until the client is gone or breaks a rule.
func (s *socket) read(ctx context.Context) ending {
	for {
		kind, data, end := s.next(ctx)
		if end != nil {
			return *end
		}
		if kind == websocket.MessageText && !utf8.Valid(data) {
			return ending{websocket.StatusInvalidFramePayloadData, "a text frame must be UTF-8"}
		}
		if end := s.protocol.receive(s, kind, data); end != nil {
			return *end
		}
	}
}

// next reads a message into memory of its own, which the record keeps.
func (s *socket) next(ctx context.Context) (websocket.MessageType, []byte, *ending) {
	kind, reader, err := s.conn.Reader(ctx)
	if err != nil {
		return 0, nil, s.lost(err)
	}
	limit := s.host.Limits.WebSocketMessage
	data, err := io.ReadAll(io.LimitReader(reader, limit+1))
	if err != nil {
		return 0, nil, s.lost(err)
	}
	if int64(len(data)) > limit {
		return 0, nil, &ending{
			websocket.StatusMessageTooBig,
			"the message is larger than " + strconv.FormatInt(limit, 10) + " bytes",
		}
	}
	return kind, data, nil
}

// publish checks and sends the record of an item. Its outcome, whatever it is, comes in line.
// headers are those that the document describes.
func (s *socket) publish(item *entrypoints.Item, headers http.Header) {
	if !s.pipeline.Add(item, len(item.Record.Value)) {
		return // the socket ends: there is nobody to answer
	}
	if s.expiry.Over() { // and the client, which does not read, cannot be told that its socket ends
		item.Refused = entrypoints.Expired()
		item.Done()
		return
	}
	rec := &item.Record
	topics, err := s.op.Publish.Ready(s.pub, s.exchange, rec, headers)
	if err != nil {
		item.Refused = err
		item.Done()
		return
	}
	item.Bytes = len(rec.Value)
	item.Delivery.Send(s.sink, rec, topics, item)
}

// refuse puts a problem in line, for a frame that is not a message.
func (s *socket) refuse(item *entrypoints.Item, detail string) {
	item.Refused = core.NewError(core.CodeInvalidRequest, detail)
	if s.pipeline.Add(item, 0) {
		item.Done()
	}
}
