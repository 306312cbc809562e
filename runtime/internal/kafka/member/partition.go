package member

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// partition is one partition that the member is assigned. Guarded by member.mu.
type partition struct {
	topic string
	id    int32

	owner *Stream // polls it; nil while no connection is there
	next  *Stream // becomes the owner when nothing is flying

	queue  []*core.Record     // fetched, in order
	flying []*core.Record     // polled by the owner, not yet settled, in order
	done   map[int64]struct{} // offsets acknowledged ahead of the frontier
	bytes  int                // of queue and flying

	given     int64 // next offset to hand out; -1 until the start is known
	frontier  int64 // everything below may be committed; -1 until the start is known
	committed int64 // -1: nothing yet
	rewind    int64 // where the library is to go on fetching; -1: where it is
	end       int64 // of the log, by the last fetch

	paused   bool
	halted   bool          // the owner gets no more of it
	revoking bool          // to be given up: nothing more is polled
	sealed   bool          // its last commit is under way: settling it means nothing any more
	gone     bool          // given up
	replaced bool          // its topic is another one now, which begins at 0, whatever is committed
	drained  chan struct{} // closed when nothing is flying; nil: nobody waits
}

func newPartition(topic string, id int32) *partition {
	return &partition{topic: topic, id: id, given: -1, frontier: -1, committed: -1, rewind: -1}
}

// bound is the connection that the partition belongs to, or soon will.
func (p *partition) bound() *Stream {
	if p.next != nil {
		return p.next
	}
	return p.owner
}

// push appends fetched records.
func (p *partition) push(records []*kgo.Record) {
	slab := make([]core.Record, len(records)) // one allocation for all
	for i, r := range records {
		to := &slab[i]
		fill(to, r)
		p.queue = append(p.queue, to)
		p.bytes += to.Size()
	}
}

func fill(to *core.Record, r *kgo.Record) {
	to.Topic, to.Partition, to.Offset, to.Timestamp = r.Topic, r.Partition, r.Offset, r.Timestamp
	to.Key, to.Value = r.Key, r.Value
	if len(r.Headers) > 0 {
		to.Headers = make([]core.Header, len(r.Headers))
		for i, h := range r.Headers {
			to.Headers[i] = core.Header{Name: h.Key, Value: h.Value}
		}
	}
}

// take moves up to limit records from the queue to flying, and appends them to dst. Records that
// an earlier connection acknowledged out of order are not given again.
func (p *partition) take(dst []*core.Record, limit int) []*core.Record {
	n := 0
	for ; n < len(p.queue) && limit > 0; n++ {
		r := p.queue[n]
		p.given = r.Offset + 1
		if _, done := p.done[r.Offset]; !done {
			dst = append(dst, r)
			limit--
		}
	}
	p.flying = append(p.flying, p.queue[:n]...)
	p.queue = p.queue[n:]
	if len(p.queue) == 0 {
		p.queue = nil // the backing array goes with its records
	}
	p.advance()
	return dst
}

// untake puts the records taken last back, from an offset on: they were not handed out.
func (p *partition) untake(from int64) {
	n := len(p.flying)
	for n > 0 && p.flying[n-1].Offset >= from {
		n--
	}
	if back := p.flying[n:]; len(back) > 0 {
		p.queue = append(back[:len(back):len(back)], p.queue...)
		p.given = back[0].Offset
	}
	p.flying = p.flying[:n:n]
	p.advance()
}

// settle takes the flying records up to an offset as delivered.
func (p *partition) settle(to int64) {
	for len(p.flying) > 0 && p.flying[0].Offset <= to {
		p.pop()
	}
	p.advance()
}

// ack takes one flying record as delivered, whatever lies before it.
func (p *partition) ack(offset int64) {
	if offset < p.frontier {
		return
	}
	if p.done == nil {
		p.done = make(map[int64]struct{})
	}
	p.done[offset] = struct{}{}
	p.advance()
}

// advance moves the frontier over acknowledged records.
func (p *partition) advance() {
	for len(p.flying) > 0 && len(p.done) > 0 {
		if _, done := p.done[p.flying[0].Offset]; !done {
			break
		}
		p.pop()
	}
	if len(p.flying) == 0 {
		p.flying = nil
		p.landed()
	}
}

func (p *partition) pop() {
	r := p.flying[0]
	p.bytes -= r.Size()
	p.frontier = max(p.frontier, r.Offset+1)
	delete(p.done, r.Offset)
	p.flying = p.flying[1:]
}

// landed is called when nothing is flying any more.
func (p *partition) landed() {
	if p.drained != nil {
		close(p.drained)
		p.drained = nil
	}
	if p.next != nil {
		s := p.next
		p.next = nil
		p.give(s)
	}
}

// give makes a connection the owner. Nothing is flying.
func (p *partition) give(s *Stream) {
	p.owner, p.halted = s, false
	if p.frontier >= 0 && !p.revoking {
		if at := s.resume(p, p.given); at != p.given {
			p.reset(at)
			s.member.flow(s)
			s.member.interrupt()
		}
	}
	s.wake()
}

// reset makes the partition go on at an offset, backwards too.
func (p *partition) reset(at int64) {
	p.queue, p.done, p.bytes = nil, nil, 0
	p.given, p.frontier, p.rewind = at, at, at
}

// discard forgets the records of a topic that is gone. When it was made again 0 is to be committed: what
// was committed by its name may be of the first one.
func (p *partition) discard(again bool) {
	p.queue, p.flying, p.done, p.next, p.bytes = nil, nil, nil, nil, 0
	p.given, p.frontier, p.committed, p.rewind = 0, 0, 0, -1
	p.revoking, p.sealed = true, true
	if again {
		p.replaced, p.committed = true, -1
	}
	p.landed()
}

// recall puts flying records back in front of the queue: their connection ended. Those that were
// committed before they were handed out are not given again.
func (p *partition) recall() {
	n := 0
	for ; n < len(p.flying) && p.flying[n].Offset < p.frontier; n++ {
		p.bytes -= p.flying[n].Size()
	}
	if back := p.flying[n:]; len(back) > 0 {
		p.queue = append(back[:len(back):len(back)], p.queue...)
		p.given = back[0].Offset
	}
	p.flying, p.halted = nil, false
	p.landed()
}
