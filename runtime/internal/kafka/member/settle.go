package member

import (
	"slices"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

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
	k := 0
	for ; i >= len(on.runs[k].records); k++ {
		i -= len(on.runs[k].records)
	}
	return on.runs[k].from, on.runs[k].records[i]
}

// settles reports whether settling a record of the partition still means something.
func (p *partition) settles() bool { return !p.gone && !p.sealed }
