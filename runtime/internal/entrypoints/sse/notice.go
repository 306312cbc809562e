package sse

import (
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// heartbeat keeps proxies and clients from giving up a silent stream.
const heartbeat = ":\n\n"

// appendGap appends the event that tells of lost records. Its id is the oldest cursor, so that
// a client which leaves now is not told again.
func appendGap(dst []byte, g *gap) []byte {
	dst = append(append(dst, idField...), g.oldest...)
	dst = append(dst, "\nevent: gap\ndata: {\"requested\":"...)
	dst = web.AppendString(dst, g.requested)
	dst = append(dst, `,"oldest":`...)
	dst = web.AppendString(dst, g.oldest)
	return append(dst, "}\n\n"...)
}

// appendFarewell appends the last event of a stream: goaway when the gateway drains, else
// error. Its data is the problem.
func appendFarewell(dst []byte, e *core.Error) []byte {
	if e.Code == core.CodeDraining {
		dst = append(dst, "event: goaway\ndata: "...)
	} else {
		dst = append(dst, "event: error\ndata: "...)
	}
	dst = web.AppendProblem(dst, e, "")
	return append(dst, "\n\n"...)
}
