package post

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// lines is one NDJSON request: a reader that sends lines to Kafka, and beside it a writer
// that answers them in their order while the body is still coming.
type lines struct {
	*handler
	exchange *exchange.Exchange
	pub      entrypoints.Publication
	headers  []core.Header
	sink     qos.Sink
	pipeline *entrypoints.Pipeline
	control  *http.ResponseController
	expiry   entrypoints.Expiry
}

// serveLines publishes each line of a body as a message. A line that is refused does not stop
// the others. It takes a place among the streams, because only the client knows when it ends.
func (h *handler) serveLines(c echo.Context) error {
	x, leave, err := h.host.Admit(c, h.op, h.kind)
	if err != nil {
		return err
	}
	defer leave()
	l, err := h.newLines(c, x)
	if err != nil {
		return err
	}
	defer l.pub.Release()
	defer l.expiry.Stop()
	if err := l.open(c); err != nil {
		return err
	}
	answers := newAnswers(c, l)
	written := make(chan struct{})
	go func() {
		defer close(written)
		answers.run()
	}()
	l.read()
	l.pipeline.Close()
	<-written
	if !c.Response().Committed { // there was no line
		c.Response().WriteHeader(http.StatusOK)
	}
	return nil
}

// newLines checks everything that is the same for all lines.
func (h *handler) newLines(c echo.Context, x *exchange.Exchange) (*lines, error) {
	r, p := c.Request(), h.op.Publish
	if h.host.IsDraining() {
		return nil, core.NewError(core.CodeDraining, "")
	}
	if p.CheckHeaders != nil {
		if violations := p.CheckHeaders(r.Header); len(violations) > 0 {
			return nil, &core.Error{Code: core.CodeInvalidMessage, Op: "check headers", Violations: violations}
		}
	}
	pub, err := p.Prepare(x, h.level)
	if err != nil {
		return nil, err
	}
	sink, err := pub.Sink()
	if err != nil {
		pub.Release()
		return nil, err
	}
	l := &lines{
		handler: h, exchange: x, pub: pub, sink: sink,
		pipeline: entrypoints.NewPipeline(h.host.Limits.BytesPerStream),
		control:  http.NewResponseController(c.Response().Writer),
		expiry:   entrypoints.NewExpiry(x.Caller),
	}
	if h.copyHeaders {
		l.headers = messageHeaders(r)
	}
	return l, nil
}

// open begins the answer. Its header goes out at once, because a client may wait for it before
// it sends the first line; one that waits for 100 Continue first is not disturbed.
func (l *lines) open(c echo.Context) error {
	if err := l.control.EnableFullDuplex(); err != nil {
		return core.Wrap(core.CodeInternal, "answer while reading", err)
	}
	// The body is a stream: listen.readTimeout is not for it.
	if err := l.control.SetReadDeadline(time.Time{}); err != nil {
		return core.Wrap(core.CodeInternal, "lift read deadline", err)
	}
	c.Response().Header().Set("Content-Type", ndjson)
	if l.exchange.Request.Header.Get("Expect") != "" {
		return nil
	}
	c.Response().WriteHeader(http.StatusOK)
	return l.control.Flush()
}

// read sends each line, until the body ends or nobody takes answers any more.
func (l *lines) read() {
	from := newLineReader(l.exchange.Request.Body, l.host.Limits.NDJSONLine, l.exchange.Request.ContentLength)
	for {
		line, err := from.next()
		if errors.Is(err, io.EOF) {
			return
		}
		item := &entrypoints.Item{}
		if !l.pipeline.Add(item, len(line)) {
			return
		}
		if err == nil && l.expiry.Over() { // it may have waited for room
			err = entrypoints.Expired()
		}
		if err != nil {
			item.Refused = l.readError(err)
			item.Done()
			if errors.Is(err, errLineTooLong) {
				continue
			}
			return
		}
		l.publish(item, line)
	}
}

// readError is the answer to a line that could not be read, or to the rest of a body.
func (l *lines) readError(err error) error {
	switch {
	case errors.Is(err, errLineTooLong):
		return tooLarge("the line", l.host.Limits.NDJSONLine)
	case l.host.IsDraining():
		return core.NewError(core.CodeDraining, "")
	case l.expiry.Over():
		return entrypoints.Expired()
	}
	return unread(err)
}

// publish sends one line, or refuses it.
func (l *lines) publish(item *entrypoints.Item, line []byte) {
	p := l.op.Publish
	rec := &item.Record
	rec.Value, rec.Headers = line, l.headers[:len(l.headers):len(l.headers)]
	if p.Hook != nil {
		rec.Headers = slices.Clone(l.headers) // the hook may change them
	}
	topics, err := p.Ready(l.pub, l.exchange, rec, nil)
	if err != nil {
		item.Refused = err
		item.Done()
		return
	}
	item.Bytes = len(rec.Value)
	item.Delivery.Send(l.sink, rec, topics, item)
}

// stopReading wakes a reader that waits for the client.
func (l *lines) stopReading() {
	if err := l.control.SetReadDeadline(time.Unix(1, 0)); err != nil {
		l.host.Log.Debug("read deadline not set", "error", err)
	}
}
