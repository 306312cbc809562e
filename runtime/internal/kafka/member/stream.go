package member

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
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

// sent is a batch on its way.
type sent struct {
	batch *qos.Batch
	runs  []run
	left  int // records without an Ack
}

// run is a part of a batch that comes from one partition.
type run struct {
	from    *partition
	records []*core.Record // as they were fetched
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
	}
	s.unseen = append(s.unseen, on)
	return b
}

// skip settles the records that nobody will acknowledge: the hook skipped them.
func skip(shown []*core.Record, runs []run) (n int) {
	for _, r := range runs {
		for i, rec := range r.records {
			if shown[i] == nil && !r.from.gone {
				r.from.ack(rec.Offset)
			}
			if shown[i] == nil {
				n++
			}
		}
		shown = shown[len(r.records):]
	}
	return n
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
	at := s.find(b)
	if at < 0 {
		return
	}
	s.unseen = s.unseen[at:] // earlier ones were left unsettled by their owner: they come again
	rest := n
	for _, r := range s.unseen[0].runs {
		k := min(rest, len(r.records))
		if k > 0 && r.from.settles() {
			r.from.settle(r.records[k-1].Offset)
		}
		rest -= k
	}
	if n >= b.Len() {
		s.unseen = s.unseen[1:]
	}
	m.flow(s)
}

// Ack implements qos.Stream. At other levels than at-least-once it is Settle up to the record.
func (s *Stream) Ack(b *qos.Batch, i int) bool {
	if s.level != endpoint.AtLeastOnce {
		s.Settle(b, i+1)
		return true
	}
	m := s.member
	m.mu.Lock()
	defer m.mu.Unlock()
	at := s.find(b)
	if at < 0 {
		return false
	}
	p, rec := s.unseen[at].record(i)
	counts := p.settles()
	if counts {
		p.ack(rec.Offset)
	}
	s.unseen[at].left--
	if s.unseen[at].left == 0 {
		s.unseen = slices.Delete(s.unseen, at, at+1)
	}
	m.flow(s)
	return counts
}

// Holds implements qos.Stream.
func (s *Stream) Holds(b *qos.Batch, i int) bool {
	s.member.mu.Lock()
	defer s.member.mu.Unlock()
	at := s.find(b)
	if at < 0 {
		return false
	}
	p, _ := s.unseen[at].record(i)
	return p.settles()
}

// Halt implements qos.Stream.
func (s *Stream) Halt(b *qos.Batch, i int) {
	m := s.member
	m.mu.Lock()
	defer m.mu.Unlock()
	at := s.find(b)
	if at < 0 {
		return
	}
	p, _ := s.unseen[at].record(i)
	if p.owner != s || p.revoking {
		return
	}
	p.halted = true
	if !p.paused {
		p.paused = true
		m.client.PauseFetchPartitions(map[string][]int32{p.topic: {p.id}})
	}
	m.flow(s)
}

// find is the index of a batch on its way, -1 when it is settled. Called with the lock held.
func (s *Stream) find(b *qos.Batch) int {
	return slices.IndexFunc(s.unseen, func(on sent) bool { return on.batch == b })
}

// record is the i-th record of a batch, as it was fetched.
func (on *sent) record(i int) (*partition, *core.Record) {
	for _, r := range on.runs {
		if i < len(r.records) {
			return r.from, r.records[i]
		}
		i -= len(r.records)
	}
	panic("member: no such record in the batch")
}

// settles reports whether settling a record of the partition still means something.
func (p *partition) settles() bool { return !p.gone && !p.sealed }

// Cursor implements qos.Stream. While the group has not assigned anything it is the cursor that
// the connection came with.
func (s *Stream) Cursor(dst []byte) []byte {
	if !s.level.IDs() {
		return dst
	}
	s.member.mu.Lock()
	defer s.member.mu.Unlock()
	slots := s.member.slots(s)
	if len(slots) == 0 {
		return s.resumes.cursor.Append(dst)
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
