package post

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
)

// jsonType is shared by all answers: nobody may change it.
var jsonType = []string{"application/json"}

// serveOne publishes a body as one message and answers with its receipt.
func (h *handler) serveOne(c echo.Context) error {
	r, p := c.Request(), h.op.Publish
	x, err := h.host.Enter(c, h.op, h.kind)
	if err != nil {
		return err
	}
	if x.Body, err = readBody(r, h.host.Limits.Body); err != nil {
		return err
	}
	pub, err := p.Prepare(x, h.level)
	if err != nil {
		return err
	}
	defer pub.Release()
	rec := &core.Record{Value: x.Body}
	if h.copyHeaders {
		rec.Headers = messageHeaders(r)
	}
	topics, err := p.Ready(pub, x, rec, r.Header)
	if err != nil {
		return err
	}
	return h.send(c, pub, rec, topics)
}

// send hands a record to Kafka, waits for the outcome and answers.
func (h *handler) send(c echo.Context, pub entrypoints.Publication, rec *core.Record, topics []string) error {
	sink, err := pub.Sink()
	if err != nil {
		return err
	}
	size := len(rec.Value)
	w := waiters.Get().(*waiter)
	w.delivery.Send(sink, rec, topics, w)
	<-w.done
	defer waiters.Put(w)
	if err := w.delivery.Err(); err != nil {
		return err
	}
	h.host.Metrics.Published(h.op, h.kind, len(topics), size*len(topics))
	return h.accept(c, pub, w)
}

// accept answers 202, with the receipt unless the level has none or the client wants none.
func (h *handler) accept(c echo.Context, pub entrypoints.Publication, w *waiter) error {
	response := c.Response()
	if h.level == endpoint.None {
		response.WriteHeader(http.StatusAccepted)
		return nil
	}
	if wantsMinimal(c.Request().Header) {
		response.Header().Set("Preference-Applied", "return=minimal")
		response.WriteHeader(http.StatusAccepted)
		return nil
	}
	w.answer = append(w.answer[:0], '{')
	w.answer = entrypoints.AppendReceipt(w.answer, pub, w.delivery.Results())
	w.answer = append(w.answer, '}', '\n')
	response.Header()["Content-Type"] = jsonType
	response.WriteHeader(http.StatusAccepted)
	_, err := response.Write(w.answer)
	return err
}
