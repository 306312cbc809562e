package gateway

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/test/harness"
)

// purchase is the Go type of a payload, as generated code has one.
type purchase struct {
	ID    string `json:"id"`
	Count int    `json:"count,omitempty"`
}

func TestHooks(t *testing.T) {
	op := operation("orders", post("balanced"), sse("none"), websocket("none"))
	var delivered atomic.Int32
	op.Publish = runtime.Typed(func(_ context.Context, m *runtime.Message[purchase]) error {
		switch m.Payload.ID {
		case "refuse":
			return errors.New("we are closed")
		case "panic":
			panic("secret cause")
		}
		m.Payload.Count++
		m.Key = []byte(m.Payload.ID)
		m.Headers = append(m.Headers, runtime.Header{Name: "by", Value: []byte(m.Request.Method)})
		return nil
	})
	op.Subscribe = runtime.Typed(func(_ context.Context, m *runtime.Message[purchase]) error {
		delivered.Add(1)
		switch m.Payload.ID {
		case "hide":
			return runtime.Skip
		case "break":
			return errors.New("secret cause")
		}
		m.Payload.Count *= 10
		return nil
	})
	r := start(t, setup{operations: ops(op)})
	one, two := r.Stream("/orders"), r.Stream("/orders")

	if got := r.post(`{"id":"a"}`); got.Status != 202 {
		t.Fatalf("got %d %s", got.Status, got.Body)
	}
	rec := r.read(1)[0]
	if string(rec.Value) != `{"id":"a","count":1}` || string(rec.Key) != "a" || string(rec.Headers[0].Value) != "POST" {
		t.Errorf("Kafka has %s, key %s, headers %v", rec.Value, rec.Key, rec.Headers)
	}
	for _, s := range []*harness.Stream{one, two} {
		s.WantData(`{"id":"a","count":10}`)
	}
	if n := delivered.Load(); n != 1 {
		t.Errorf("the subscribe hook ran %d times for one record, want once for all readers of the hub", n)
	}

	if problem := r.post(`{"id":"refuse"}`).WantProblem(t, 400, "FAILURE_MESSAGE_REFUSED"); problem["detail"] != "we are closed" {
		t.Errorf("got %v", problem)
	}
	if got := r.post(`{"id":"panic"}`); got.Status != 500 || strings.Contains(got.Body, "secret") {
		t.Errorf("got %d %s", got.Status, got.Body)
	}

	r.post(`{"id":"hide"}`)
	r.post(`{"id":"b"}`)
	one.WantData(`{"id":"b","count":10}`)
	r.post(`{"id":"break"}`)
	rest := one.Ended()
	if len(rest) == 0 || rest[len(rest)-1].Name != "error" || strings.Contains(rest[len(rest)-1].Data, "secret") {
		t.Errorf("the stream ended with %+v", rest)
	}
	if !strings.Contains(r.log.String(), "subscribe hook failed") || strings.Count(r.log.String(), "secret cause") < 2 {
		t.Error("the causes belong into the log")
	}
}
