package member

import (
	"context"
	"errors"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// Stream is one connection of a group. Its methods are called by one goroutine.
type Stream struct {
	member    *member
	level     endpoint.QoS
	transform *qos.Transform
	ctx       context.Context //nolint:containedctx // handed to the hook, ends with Close
	cancel    context.CancelFunc

	// Guarded by member.mu.
	resumes resumption
	ready   chan struct{} // closed to wake the connection; nil: it does not wait
	err     error
	turn    int    // which partition is polled first
	unseen  []sent // batches not yet settled whole, oldest first
}

var _ qos.Stream = (*Stream)(nil)

// wake is called with the lock held.
func (s *Stream) wake() {
	if s.ready != nil {
		close(s.ready)
		s.ready = nil
	}
}

// Poll implements qos.Stream. At at-most-once it waits for a commit, 2 s at most.
func (s *Stream) Poll(limit int) (*qos.Batch, <-chan struct{}, error) {
	runs, slots, wait, err := s.take(limit)
	if err != nil || wait != nil {
		return nil, wait, err
	}
	shown, runs := s.apply(runs)
	if len(runs) == 0 {
		return nil, nil, s.failure()
	}
	if s.level == endpoint.AtMostOnce {
		ready, err := s.member.commitFirst(runs)
		if err != nil {
			return nil, nil, err
		}
		if len(ready) == 0 {
			return nil, after(refusedPause), nil
		}
		shown, runs = only(shown, runs, ready), ready
	}
	return s.send(shown, runs, slots), nil, nil
}

// after is closed when a time has passed.
func after(d time.Duration) <-chan struct{} {
	c := make(chan struct{})
	time.AfterFunc(d, func() { close(c) })
	return c
}

// take gives what is ready: whole runs of partitions, another first each time, and where the
// connection was before.
func (s *Stream) take(limit int) ([]run, []slot, <-chan struct{}, error) {
	m := s.member
	m.mu.Lock()
	defer m.mu.Unlock()
	if s.err != nil {
		return nil, nil, nil, s.err
	}
	if limit <= 0 {
		limit = 1 << 20
	}
	var slots []slot
	if s.level.IDs() {
		slots = m.slots(s)
	}
	var runs []run
	mine := m.of(s)
	for i := range mine {
		p := mine[(s.turn+i)%len(mine)]
		if records := p.take(nil, limit); len(records) > 0 {
			runs = append(runs, run{p, records})
			limit -= len(records)
		}
		if limit == 0 {
			break
		}
	}
	s.turn++
	if len(runs) > 0 {
		return runs, slots, nil, nil
	}
	if s.ready == nil {
		s.ready = make(chan struct{})
	}
	return nil, nil, s.ready, nil
}

// apply calls the hook for each record; the result has nil where it skips one. When it fails the
// stream ends after the records before.
func (s *Stream) apply(runs []run) ([]*core.Record, []run) {
	if s.transform == nil && len(runs) == 1 {
		return runs[0].records, runs
	}
	var shown []*core.Record
	for i, r := range runs {
		for k, rec := range r.records {
			changed, err := s.change(rec)
			if err != nil {
				s.end(err)
				runs[i].records = r.records[:k:k]
				if k > 0 {
					i++
				}
				return shown, runs[:i]
			}
			shown = append(shown, changed)
		}
	}
	return shown, runs
}

func (s *Stream) change(r *core.Record) (*core.Record, error) {
	if s.transform == nil {
		return r, nil
	}
	changed, err := s.transform.Apply(s.ctx, r)
	if errors.Is(err, core.ErrSkip) {
		return nil, nil //nolint:nilnil // a batch has nil where a record is skipped
	}
	return changed, err
}

// only picks the records of the runs that are ready.
func only(shown []*core.Record, runs, ready []run) []*core.Record {
	if len(ready) == len(runs) {
		return shown
	}
	var picked []*core.Record
	for first := 0; len(ready) > 0; runs = runs[1:] {
		end := first + len(runs[0].records)
		if runs[0].from == ready[0].from {
			picked = append(picked, shown[first:end]...)
			ready = ready[1:]
		}
		first = end
	}
	return picked
}

// send notes what is on its way, and makes the batch.
func (s *Stream) send(shown []*core.Record, runs []run, slots []slot) *qos.Batch {
	var of qos.IDs
	if s.level.IDs() {
		of = newIDs(runs, slots)
	}
	b := qos.NewBatch(shown, of)
	s.member.mu.Lock()
	defer s.member.mu.Unlock()
	on := sent{batch: b, runs: runs, left: len(shown)}
	if s.level == endpoint.AtLeastOnce {
		on.left -= skip(shown, runs)
		s.member.flow(s) // skipped records are settled, perhaps all of them
	}
	if on.left > 0 {
		s.unseen = append(s.unseen, on)
	}
	return b
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

// Cursor implements qos.Stream. While the group has not assigned anything it is the cursor that
// the connection came with. Without one, where every topic is newer than the member, it says that
// nothing of any was read.
func (s *Stream) Cursor(dst []byte) []byte {
	if !s.level.IDs() {
		return dst
	}
	s.member.mu.Lock()
	defer s.member.mu.Unlock()
	slots := s.member.slots(s)
	if len(slots) == 0 {
		from := s.resumes.cursor
		if from.IsZero() && s.member.reading.Pattern != nil && len(s.member.listed) == 0 {
			from = cursor.Nothing()
		}
		return from.Append(dst)
	}
	for k := range slots {
		dst = appendSlot(dst, slots, k, slots[k].before)
	}
	return dst
}

// Close implements qos.Stream.
func (s *Stream) Close(ctx context.Context) error {
	s.cancel()
	return s.member.detach(ctx, s)
}
