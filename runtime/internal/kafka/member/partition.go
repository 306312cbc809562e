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

	queue  []*core.Record // fetched, in order
	flying []*core.Record // polled by the owner, not yet settled, in order
	bytes  int            // of both

	frontier  int64 // everything below is settled; -1 until the start is known
	committed int64 // -1: nothing yet
	end       int64 // of the log, by the last fetch

	paused   bool
	revoking bool          // to be given up: nothing more is polled
	gone     bool          // given up: settling it means nothing any more
	drained  chan struct{} // closed when nothing is flying; nil: nobody waits
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

// take moves up to limit records from the queue to flying, and appends them to dst.
func (p *partition) take(dst []*core.Record, limit int) []*core.Record {
	n := min(limit, len(p.queue))
	dst = append(dst, p.queue[:n]...)
	p.flying = append(p.flying, p.queue[:n]...)
	p.queue = p.queue[n:]
	if len(p.queue) == 0 {
		p.queue = nil // the backing array goes with its records
	}
	return dst
}

// settle takes the first n flying records as delivered.
func (p *partition) settle(n int) {
	n = min(n, len(p.flying))
	for _, r := range p.flying[:n] {
		p.bytes -= r.Size()
		p.frontier = r.Offset + 1
	}
	p.flying = p.flying[n:]
	if len(p.flying) == 0 {
		p.flying = nil
		p.landed()
	}
}

// landed is called when nothing is flying any more.
func (p *partition) landed() {
	if p.drained != nil {
		close(p.drained)
		p.drained = nil
	}
	if p.next != nil {
		p.owner, p.next = p.next, nil
		p.owner.wake()
	}
}

// recall puts flying records back in front of the queue: their connection ended.
func (p *partition) recall() {
	if len(p.flying) > 0 {
		p.queue = append(p.flying[:len(p.flying):len(p.flying)], p.queue...)
		p.flying = nil
	}
	p.landed()
}
