package member

import (
	"context"
	"errors"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// Stream is one connection of a group. Its methods are called by one goroutine.
type Stream struct {
	member    *member
	transform *qos.Transform
	ctx       context.Context //nolint:containedctx // handed to the hook, ends with Close
	cancel    context.CancelFunc

	// Guarded by member.mu.
	ready  chan struct{} // closed to wake the connection; nil: it does not wait
	err    error
	turn   int    // which partition is polled first
	unseen []sent // batches not yet settled whole, oldest first
}

// sent is a batch on its way.
type sent struct {
	batch   *qos.Batch
	runs    []run
	settled int
}

// run is a part of a batch that comes from one partition.
type run struct {
	from *partition
	n    int
}

var _ qos.Stream = (*Stream)(nil)

// wake is called with the lock held.
func (s *Stream) wake() {
	if s.ready != nil {
		close(s.ready)
		s.ready = nil
	}
}

// Poll implements qos.Stream.
func (s *Stream) Poll(limit int) (*qos.Batch, <-chan struct{}, error) {
	records, runs, wait, err := s.take(limit)
	if err != nil || wait != nil {
		return nil, wait, err
	}
	kept := len(records)
	for i, r := range records {
		if s.transform == nil {
			break
		}
		changed, err := s.transform.Apply(s.ctx, r)
		switch {
		case errors.Is(err, core.ErrSkip):
			records[i] = nil
		case err != nil:
			s.end(err)
			kept = i
		default:
			records[i] = changed
		}
		if kept == i {
			break
		}
	}
	batch := qos.NewBatch(records[:kept:kept], nil)
	if kept == 0 {
		return nil, nil, s.failure()
	}
	s.send(batch, runs)
	return batch, nil, nil
}

// take gives what is ready: whole runs of partitions, another first each time.
func (s *Stream) take(limit int) ([]*core.Record, []run, <-chan struct{}, error) {
	m := s.member
	m.mu.Lock()
	defer m.mu.Unlock()
	if s.err != nil {
		return nil, nil, nil, s.err
	}
	if limit <= 0 {
		limit = 1 << 20
	}
	var records []*core.Record
	var runs []run
	mine := m.of(s)
	for i := range mine {
		p := mine[(s.turn+i)%len(mine)]
		before := len(records)
		records = p.take(records, limit-before)
		if n := len(records) - before; n > 0 {
			runs = append(runs, run{p, n})
		}
		if len(records) == limit {
			break
		}
	}
	s.turn++
	if len(records) > 0 {
		return records, runs, nil, nil
	}
	if s.ready == nil {
		s.ready = make(chan struct{})
	}
	return nil, nil, s.ready, nil
}

func (s *Stream) send(b *qos.Batch, runs []run) {
	s.member.mu.Lock()
	defer s.member.mu.Unlock()
	s.unseen = append(s.unseen, sent{batch: b, runs: runs})
}

// end makes the next Poll fail.
func (s *Stream) end(err error) {
	s.member.mu.Lock()
	defer s.member.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
	s.wake()
}

func (s *Stream) failure() error {
	s.member.mu.Lock()
	defer s.member.mu.Unlock()
	return s.err
}

// Settle implements qos.Stream.
func (s *Stream) Settle(b *qos.Batch, n int) {
	m := s.member
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(s.unseen) > 0 && s.unseen[0].batch != b {
		s.unseen = s.unseen[1:] // left unsettled by its owner: its records come again
	}
	if len(s.unseen) == 0 {
		return
	}
	first := &s.unseen[0]
	more := n - first.settled
	first.settled = n
	for i := range first.runs {
		r := &first.runs[i]
		k := min(more, r.n)
		if !r.from.gone {
			r.from.settle(k)
		}
		r.n -= k
		more -= k
	}
	if n >= b.Len() {
		s.unseen = s.unseen[1:]
	}
	m.flow(s)
}

// Ack implements qos.Stream as Settle up to the record, at levels without acknowledgements.
func (s *Stream) Ack(b *qos.Batch, i int) bool {
	s.Settle(b, i+1)
	return true
}

// Halt implements qos.Stream. Levels without acknowledgements give up on no record: it does nothing.
func (s *Stream) Halt(*qos.Batch, int) {}

// Cursor implements qos.Stream: there are no ids at levels with commits alone.
func (s *Stream) Cursor(dst []byte) []byte { return dst }

// Close implements qos.Stream.
func (s *Stream) Close(ctx context.Context) error {
	s.cancel()
	return s.member.detach(ctx, s)
}
