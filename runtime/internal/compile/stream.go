package compile

import (
	"context"

	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// stream is a stream whose ids name their endpoint, and whose cluster is held until it is closed.
type stream struct {
	qos.Stream
	prefix  string // of ids; "": none
	release func()
}

// stream makes a stream of the connection, which owns the connection from now on.
func (c connection) stream(opened qos.Stream) qos.Stream {
	if c.prefix == "" && c.choice.cluster != nil { // held for ever
		return opened
	}
	return &stream{Stream: opened, prefix: c.prefix, release: c.release}
}

// Poll implements qos.Stream.
func (s *stream) Poll(most int) (*qos.Batch, <-chan struct{}, error) {
	b, ready, err := s.Stream.Poll(most)
	if b != nil {
		b = b.Prefixed(s.prefix)
	}
	return b, ready, err
}

// Settle implements qos.Stream.
func (s *stream) Settle(b *qos.Batch, n int) { s.Stream.Settle(b.Origin(), n) }

// Ack implements qos.Stream.
func (s *stream) Ack(b *qos.Batch, i int) bool { return s.Stream.Ack(b.Origin(), i) }

// Holds implements qos.Stream.
func (s *stream) Holds(b *qos.Batch, i int) bool { return s.Stream.Holds(b.Origin(), i) }

// Halt implements qos.Stream.
func (s *stream) Halt(b *qos.Batch, i int) { s.Stream.Halt(b.Origin(), i) }

// Cursor implements qos.Stream.
func (s *stream) Cursor(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, s.prefix...)
	end := len(dst)
	if dst = s.Stream.Cursor(dst); len(dst) == end {
		return dst[:start] // the level has no ids
	}
	return dst
}

// Close implements qos.Stream.
func (s *stream) Close(ctx context.Context) error {
	defer s.release()
	return s.Stream.Close(ctx)
}
