package entrypointstest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// Stream gives the records that a test pushes. Push and Fail are safe for concurrent use.
type Stream struct {
	IDs      bool   // records have ids
	Position string // of Cursor, until a record is given
	CloseErr error
	Polled   func() // runs when Poll has nothing to give; set before the first Poll
	Closing  func() // runs when the stream is closed; set before that

	mu      sync.Mutex
	batches []*qos.Batch
	err     error
	ready   chan struct{}
	settled int
	acked   []string
	halted  []string
	lost    bool
	closed  bool
}

// Push makes records ready, as one batch. A nil record is one that a hook skipped.
func (s *Stream) Push(records ...*core.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches = append(s.batches, s.batch(records))
	s.wake()
}

// Fail ends the stream after the records that were pushed.
func (s *Stream) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
	s.wake()
}

func (s *Stream) wake() {
	if s.ready != nil {
		close(s.ready)
		s.ready = nil
	}
}

func (s *Stream) batch(records []*core.Record) *qos.Batch {
	if s.IDs {
		return qos.NewBatch(records, IDs(records))
	}
	return qos.NewBatch(records, nil)
}

// Poll implements qos.Stream.
func (s *Stream) Poll(most int) (*qos.Batch, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.take(most)
	if b != nil {
		s.moveTo(b)
		return b, nil, nil
	}
	if s.err != nil {
		return nil, nil, s.err
	}
	if s.ready == nil {
		s.ready = make(chan struct{})
	}
	if s.Polled != nil {
		s.Polled()
	}
	return nil, s.ready, nil
}

// take gives the next batch, or its first records.
func (s *Stream) take(most int) *qos.Batch {
	if len(s.batches) == 0 {
		return nil
	}
	b := s.batches[0]
	if most == 0 || b.Len() <= most {
		s.batches = s.batches[1:]
		return b
	}
	records := make([]*core.Record, b.Len())
	for i := range records {
		records[i] = b.Record(i)
	}
	s.batches[0] = s.batch(records[most:])
	return s.batch(records[:most])
}

// moveTo makes the position that of the last record of a batch.
func (s *Stream) moveTo(b *qos.Batch) {
	for i := range b.Len() {
		if b.Record(i) != nil {
			s.Position = string(b.AppendID(nil, i, false))
		}
	}
}

// Settle implements qos.Stream.
func (s *Stream) Settle(_ *qos.Batch, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settled += n
}

// Ack implements qos.Stream. It is false after Lose.
func (s *Stream) Ack(b *qos.Batch, i int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost {
		return false
	}
	s.acked = append(s.acked, string(b.Record(i).Value))
	return true
}

// Holds implements qos.Stream. It is false after Lose.
func (s *Stream) Holds(*qos.Batch, int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.lost
}

// Halt implements qos.Stream.
func (s *Stream) Halt(b *qos.Batch, i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.halted = append(s.halted, string(b.Record(i).Value))
}

// Lose gives every partition up: no Ack counts from now on.
func (s *Stream) Lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = true
}

// Acked lists the values of the records that were acknowledged, in that order.
func (s *Stream) Acked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.acked)
}

// Halted lists the values of the records whose partition was stopped.
func (s *Stream) Halted() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.halted)
}

// Cursor implements qos.Stream.
func (s *Stream) Cursor(dst []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(dst, s.Position...)
}

// Close implements qos.Stream.
func (s *Stream) Close(context.Context) error {
	if s.Closing != nil {
		s.Closing()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return s.CloseErr
}

// Settled counts the records that were settled.
func (s *Stream) Settled() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settled
}

// Closed reports whether the stream was closed.
func (s *Stream) Closed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// IDs are ids of records of one partition.
type IDs []*core.Record

// AppendID implements qos.IDs.
func (r IDs) AppendID(dst []byte, i int) []byte {
	dst = append(append(dst, r[i].Topic...), "@0#"...)
	return strconv.AppendInt(dst, r[i].Offset, 10)
}

// Subscriber is an operation "shop" / "watchOrders" that opens the streams of open, with encoded
// ids.
func Subscriber(open func(qos.Reading) (qos.Stream, error)) *entrypoints.Operation {
	return &entrypoints.Operation{
		API: "shop", Name: "watchOrders",
		Subscribe: &entrypoints.Subscribing{
			Open: func(_ context.Context, x *exchange.Exchange, r qos.Reading) (*entrypoints.Opened, error) {
				if r.Level.Group() {
					r.Group = entrypoints.GroupID("shop", "watchOrders", r.Kind, x.Caller)
				}
				stream, err := open(r)
				var gone *core.Error
				if errors.As(err, &gone) && gone.Oldest != "" {
					encoded := *gone
					encoded.Oldest = entrypoints.EncodeID(gone.Oldest, true)
					return nil, &encoded
				}
				if err != nil {
					return nil, err
				}
				return &entrypoints.Opened{Stream: stream, EncodeIDs: true}, nil
			},
			EventName: "orderPlaced",
		},
	}
}

// WriteDeadLetters gives the streams of an operation a dead letter topic and its writer.
func WriteDeadLetters(op *entrypoints.Operation, topic string, sink func() (qos.Sink, error)) {
	op.Subscribe.WritesDeadLetters = true
	changeOpened(op, func(o *entrypoints.Opened) { o.DeadLetterTopic, o.DeadLetters = topic, sink })
}

// PlainIDs makes the ids of an operation plain.
func PlainIDs(op *entrypoints.Operation) {
	if op.Subscribe != nil {
		changeOpened(op, func(o *entrypoints.Opened) { o.EncodeIDs = false })
	}
	if op.Publish != nil {
		prepare := op.Publish.Prepare
		op.Publish.Prepare = func(x *exchange.Exchange, level endpoint.QoS) (entrypoints.Publication, error) {
			pub, err := prepare(x, level)
			return plainIDs{pub}, err
		}
	}
}

func changeOpened(op *entrypoints.Operation, change func(*entrypoints.Opened)) {
	open := op.Subscribe.Open
	op.Subscribe.Open = func(ctx context.Context, x *exchange.Exchange, r qos.Reading) (*entrypoints.Opened, error) {
		opened, err := open(ctx, x, r)
		if err == nil {
			change(opened)
		}
		return opened, err
	}
}

type plainIDs struct{ entrypoints.Publication }

func (plainIDs) EncodeIDs() bool { return false }
