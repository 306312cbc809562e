package post

import (
	"net/http"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// mostAnswers is how many bytes of answers are collected before they are written.
const mostAnswers = 32 << 10

var buffers = sync.Pool{New: func() any { return &[]byte{} }}

// answers writes the outcome of each line, in the order of the lines.
type answers struct {
	*lines
	out     *entrypoints.StallWriter
	minimal bool

	room           int64 // of the items in the buffer
	records, bytes int   // that they published
}

func newAnswers(c echo.Context, l *lines) *answers {
	return &answers{
		lines: l, out: entrypoints.NewStallWriter(c, l.host.Limits.WriteStall),
		minimal: l.level == endpoint.None || wantsMinimal(l.exchange.Request.Header),
	}
}

// run writes until every line is answered, or the client takes no more answers.
func (a *answers) run() {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	*buffer = (*buffer)[:0]
	draining := a.host.Draining
	for {
		select {
		case <-a.pipeline.Ready():
		case <-draining:
			draining = nil
			a.stopReading()
			continue
		case <-a.expiry.Done():
			a.stopReading()
			continue
		}
		over, err := a.drain(buffer)
		if err != nil {
			a.pipeline.Close()
			a.stopReading()
			return
		}
		if over {
			return
		}
	}
}

// drain writes the answers that are known. over is true when there will be no more.
func (a *answers) drain(buffer *[]byte) (over bool, err error) {
	for {
		item, over := a.pipeline.Take()
		if item != nil {
			*buffer = a.append(*buffer, item)
			a.room += item.Size()
		}
		if len(*buffer) > 0 && (item == nil || len(*buffer) >= mostAnswers) {
			if _, err := a.out.Write(*buffer); err != nil {
				return false, err
			}
			if err := a.out.Flush(); err != nil {
				return false, err
			}
			a.account()
			*buffer = (*buffer)[:0]
		}
		if item == nil {
			return over, nil
		}
	}
}

// account gives the room of what was written back, and counts it.
func (a *answers) account() {
	a.pipeline.Free(a.room)
	if a.records > 0 {
		a.host.Metrics.Published(a.op, a.kind, a.records, a.bytes)
	}
	a.room, a.records, a.bytes = 0, 0, 0
}

// append appends the answer to one line: a receipt, {} without one, or a problem.
func (a *answers) append(dst []byte, item *entrypoints.Item) []byte {
	err := item.Err()
	switch {
	case err != nil:
		e := web.Of(err)
		if e.Code.Status() >= http.StatusInternalServerError {
			a.host.LogFailure(a.exchange.Request.Context(), "line not published", a.op, err)
		}
		return append(web.AppendProblem(dst, e, ""), '\n')
	case a.minimal:
		dst = append(dst, '{')
	default:
		dst = entrypoints.AppendReceipt(append(dst, '{'), a.pub, item.Delivery.Results())
	}
	topics := len(item.Delivery.Results())
	a.records += topics
	a.bytes += item.Bytes * topics
	return append(dst, '}', '\n')
}
