package websocket

import (
	"strings"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// protocol is what the frames of a socket mean. Safe for concurrent use.
type protocol interface {
	qos.Encoder
	// split gives an encoded record as a frame.
	split(encoded []byte) (websocket.MessageType, []byte)
	// lacksID reports whether a frame is without the id that its record has, because that is
	// large; withID gives the frame with it.
	lacksID(frame []byte) bool
	withID(b *qos.Batch, i int) []byte
	// receive takes a frame of the client; end is set when it must end the socket.
	receive(s *socket, kind websocket.MessageType, data []byte) *ending
	// answer appends the frame that tells the outcome of an item, if any; end is set when the
	// outcome ends the socket.
	answer(dst []byte, s *socket, item *entrypoints.Item, err error) ([]byte, *ending)
	// problem is the frame that tells of a failure of the stream, if any.
	problem(e *core.Error) []byte
}

// mostReason is the longest reason of a close frame (RFC 6455, section 5.5).
const mostReason = 123

// shorten cuts a reason at the end of a character.
func shorten(reason string) string {
	if len(reason) <= mostReason {
		return reason
	}
	cut := mostReason - len("…")
	for !utf8.RuneStart(reason[cut]) {
		cut--
	}
	return reason[:cut] + "…"
}

// reason says in a close frame why a message was refused: the first broken rule, where it has one.
func reason(e *core.Error) string {
	if len(e.Violations) > 0 && web.NotJSON(e.Violations) == "" {
		v := e.Violations[0]
		return strings.TrimPrefix(v.Pointer+": "+v.Detail, ": ")
	}
	if detail := web.Detail(e); detail != "" {
		return detail
	}
	return string(e.Code)
}
