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
	params, err := entrypoints.Params(c)
	if err != nil {
		return err
	}
	topics, err := p.Topics(params)
	if err != nil {
		return err
	}
	body, err := readBody(r, h.host.Limits.Body)
	if err != nil {
		return err
	}
	if err := p.Check(body, r.Header); err != nil {
		return err
	}
	rec := &core.Record{Value: body}
	if h.copyHeaders {
		rec.Headers = messageHeaders(r.Header)
	}
	if err := p.RunHook(r.Context(), r, params, rec); err != nil {
		return err
	}
	return h.send(c, rec, topics)
}

// send hands a record to Kafka, waits for the outcome and answers.
func (h *handler) send(c echo.Context, rec *core.Record, topics []string) error {
	sink, err := h.op.Publish.Sink(h.level)
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
	return h.accept(c, w)
}

// accept answers 202, with the receipt unless the level has none or the client wants none.
func (h *handler) accept(c echo.Context, w *waiter) error {
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
	w.answer = h.op.Publish.AppendReceipt(w.answer, w.delivery.Results())
	w.answer = append(w.answer, '}', '\n')
	response.Header()["Content-Type"] = jsonType
	response.WriteHeader(http.StatusAccepted)
	_, err := response.Write(w.answer)
	return err
}
