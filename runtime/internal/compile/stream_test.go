package compile

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// own demands that a stream hears of its own batches only.
type own struct {
	*entrypointstest.Stream
	t     *testing.T
	given *qos.Batch
}

func (o *own) Poll(most int) (*qos.Batch, <-chan struct{}, error) {
	b, ready, err := o.Stream.Poll(most)
	if b != nil {
		o.given = b
	}
	return b, ready, err
}

func (o *own) check(b *qos.Batch) {
	if b != o.given {
		o.t.Error("the stream hears of a batch that it never gave")
	}
}

func (o *own) Settle(b *qos.Batch, n int)     { o.check(b); o.Stream.Settle(b, n) }
func (o *own) Ack(b *qos.Batch, i int) bool   { o.check(b); return o.Stream.Ack(b, i) }
func (o *own) Holds(b *qos.Batch, i int) bool { o.check(b); return o.Stream.Holds(b, i) }
func (o *own) Halt(b *qos.Batch, i int)       { o.check(b); o.Stream.Halt(b, i) }

func TestStreamNamesItsEndpoint(t *testing.T) {
	released := 0
	inner := &own{Stream: &entrypointstest.Stream{IDs: true, CloseErr: errors.New("late")}, t: t}
	s := &stream{Stream: inner, prefix: "eu!", release: func() { released++ }}
	if got := s.Cursor([]byte("x")); string(got) != "x" {
		t.Errorf("without ids the position is %q", got)
	}
	inner.Push(&core.Record{Topic: "orders", Offset: 7, Value: []byte("a")}, &core.Record{Topic: "orders", Offset: 8, Value: []byte("b")})
	b, _, err := s.Poll(0)
	if err != nil {
		t.Fatal(err)
	}
	if id := string(b.AppendID(nil, 1, false)); id != "eu!orders@0#8" {
		t.Errorf("got id %q", id)
	}
	if got := string(s.Cursor(nil)); got != "eu!orders@0#8" {
		t.Errorf("got position %q", got)
	}
	s.Settle(b, 2)
	if !s.Holds(b, 0) || !s.Ack(b, 0) || inner.Settled() != 2 || !slices.Equal(inner.Acked(), []string{"a"}) {
		t.Errorf("settled %d, acknowledged %v", inner.Settled(), inner.Acked())
	}
	if s.Halt(b, 1); !slices.Equal(inner.Halted(), []string{"b"}) {
		t.Errorf("halted %v", inner.Halted())
	}
	inner.Fail(core.NewError(core.CodeBrokerUnavailable, ""))
	if _, _, err := s.Poll(0); core.CodeOf(err) != core.CodeBrokerUnavailable {
		t.Errorf("got %v", err)
	}
	if err := s.Close(context.Background()); err == nil || err.Error() != "late" || released != 1 {
		t.Errorf("closed with %v, released %d times, want once", err, released)
	}
}
