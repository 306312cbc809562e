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
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// exchange is one NDJSON request: a reader that sends lines to Kafka, and beside it a writer
// that answers them in their order while the body is still coming.
type exchange struct {
	*handler
	request  *http.Request
	params   map[string]string
	topics   []string
	headers  []core.Header
	sink     qos.Sink
	pipeline *entrypoints.Pipeline
	control  *http.ResponseController
}

// serveLines publishes each line of a body as a message. A line that is refused does not stop
// the others. It takes a place among the streams, because only the client knows when it ends.
func (h *handler) serveLines(c echo.Context) error {
	_, leave, err := h.host.Admit(c, h.op, h.kind)
	if err != nil {
		return err
	}
	defer leave()
	x, err := h.newExchange(c)
	if err != nil {
		return err
	}
	if err := x.open(c); err != nil {
		return err
	}
	answers := newAnswers(c, x)
	written := make(chan struct{})
	go func() {
		defer close(written)
		answers.run()
	}()
	x.read()
	x.pipeline.Close()
	<-written
	if !c.Response().Committed { // there was no line
		c.Response().WriteHeader(http.StatusOK)
	}
	return nil
}

// newExchange checks everything that is the same for all lines.
func (h *handler) newExchange(c echo.Context) (*exchange, error) {
	r, p := c.Request(), h.op.Publish
	if h.host.IsDraining() {
		return nil, core.NewError(core.CodeDraining, "")
	}
	params, err := entrypoints.Params(c)
	if err != nil {
		return nil, err
	}
	topics, err := p.Topics(params)
	if err != nil {
		return nil, err
	}
	if p.CheckHeaders != nil {
		if violations := p.CheckHeaders(r.Header); len(violations) > 0 {
			return nil, &core.Error{Code: core.CodeInvalidMessage, Op: "check headers", Violations: violations}
		}
	}
	sink, err := p.Sink(h.level)
	if err != nil {
		return nil, err
	}
	x := &exchange{
		handler: h, request: r, params: params, topics: topics, sink: sink,
		pipeline: entrypoints.NewPipeline(h.host.Limits.BytesPerStream),
		control:  http.NewResponseController(c.Response().Writer),
	}
	if h.copyHeaders {
		x.headers = messageHeaders(r.Header)
	}
	return x, nil
}

// open begins the answer. Its header goes out at once, because a client may wait for it before
// it sends the first line; one that waits for 100 Continue first is not disturbed.
func (x *exchange) open(c echo.Context) error {
	if err := x.control.EnableFullDuplex(); err != nil {
		return core.Wrap(core.CodeInternal, "answer while reading", err)
	}
	// The body is a stream: listen.readTimeout is not for it.
	if err := x.control.SetReadDeadline(time.Time{}); err != nil {
		return core.Wrap(core.CodeInternal, "lift read deadline", err)
	}
	c.Response().Header().Set("Content-Type", ndjson)
	if x.request.Header.Get("Expect") != "" {
		return nil
	}
	c.Response().WriteHeader(http.StatusOK)
	return x.control.Flush()
}

// read sends each line, until the body ends or nobody takes answers any more.
func (x *exchange) read() {
	lines := newLineReader(x.request.Body, x.host.Limits.NDJSONLine, x.request.ContentLength)
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return
		}
		item := &entrypoints.Item{}
		if !x.pipeline.Add(item, len(line)) {
			return
		}
		if err != nil {
			item.Refused = x.readError(err)
			item.Done()
			if errors.Is(err, errLineTooLong) {
				continue
			}
			return
		}
		x.publish(item, line)
	}
}

// readError is the answer to a line that could not be read, or to the rest of a body.
func (x *exchange) readError(err error) error {
	switch {
	case errors.Is(err, errLineTooLong):
		return tooLarge("the line", x.host.Limits.NDJSONLine)
	case x.host.IsDraining():
		return core.NewError(core.CodeDraining, "")
	}
	return unread(err)
}

// publish sends one line, or refuses it.
func (x *exchange) publish(item *entrypoints.Item, line []byte) {
	p := x.op.Publish
	rec := &item.Record
	rec.Value, rec.Headers = line, x.headers
	if p.Hook != nil {
		rec.Headers = slices.Clone(x.headers) // the hook may change them
	}
	err := p.Check(line, nil)
	if err == nil {
		err = p.RunHook(x.request.Context(), x.request, x.params, rec)
	}
	if err != nil {
		item.Refused = err
		item.Done()
		return
	}
	item.Bytes = len(rec.Value)
	item.Delivery.Send(x.sink, rec, x.topics, item)
}

// stopReading wakes a reader that waits for the client.
func (x *exchange) stopReading() {
	if err := x.control.SetReadDeadline(time.Unix(1, 0)); err != nil {
		x.host.Log.Debug("read deadline not set", "error", err)
	}
}
