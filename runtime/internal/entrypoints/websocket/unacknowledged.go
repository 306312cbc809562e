package websocket

import (
	"slices"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

const (
	// mostUnacknowledged is how many records a client may have without an acknowledgement; the
	// stream is not asked for more, which pauses the partitions of this client only.
	mostUnacknowledged = 100
	// ackTimeout is when a record without an acknowledgement is delivered again.
	ackTimeout = 30 * time.Second
	// mostDeliveries is how often a record is delivered before it is given up on.
	mostDeliveries = 5
)

// pending is a record that the client has and has not acknowledged.
type pending struct {
	id         string // as the client reads it
	batch      *qos.Batch
	index      int
	deliveries int
	due        time.Time // when it counts as not acknowledged
	dead       bool      // on its way to the dead letter topic
}

// record is the record itself.
func (p *pending) record() *core.Record { return p.batch.Record(p.index) }

// fate is what became of a record that waits no more.
type fate uint8

const (
	unknown fate = iota
	acknowledged
	lost
	givenUp
)

// unacknowledged keeps the records that wait for the client, the oldest delivery first, and the
// fates of the last ones that do not. It is not safe for concurrent use.
type unacknowledged struct {
	timeout time.Duration
	records []*pending
	past    []past // at most mostUnacknowledged
	next    int    // where past is overwritten
}

type past struct {
	id   string
	fate fate
}

// room is how many more records the client may have.
func (u *unacknowledged) room() int { return mostUnacknowledged - len(u.records) }

// add takes the i-th record of a batch, which is delivered for the first time. A record of the
// same id is one that was lost meanwhile and came again: the new one takes its place.
func (u *unacknowledged) add(b *qos.Batch, i int, id string, now time.Time) {
	if old := u.find(id); old != nil {
		u.remove(old, lost)
	}
	u.records = append(u.records, &pending{id: id, batch: b, index: i, deliveries: 1, due: now.Add(u.timeout)})
}

// find is the record of an id; nil when none waits.
func (u *unacknowledged) find(id string) *pending {
	for _, p := range u.records {
		if p.id == id {
			return p
		}
	}
	return nil
}

// fate is what became of a record that does not wait, as far as that is remembered.
func (u *unacknowledged) fate(id string) fate {
	for i := range u.past { // the newest first
		p := &u.past[(u.next-1-i+2*len(u.past))%len(u.past)]
		if p.id == id {
			return p.fate
		}
	}
	return unknown
}

// again counts one more delivery of a record, which waits anew.
func (u *unacknowledged) again(p *pending, now time.Time) {
	p.deliveries++
	p.due = now.Add(u.timeout)
}

// remove ends the wait for a record.
func (u *unacknowledged) remove(p *pending, f fate) {
	i := slices.Index(u.records, p)
	u.records = slices.Delete(u.records, i, i+1)
	if len(u.past) < mostUnacknowledged {
		u.past = append(u.past, past{p.id, f})
		u.next = len(u.past) % mostUnacknowledged
		return
	}
	u.past[u.next] = past{p.id, f}
	u.next = (u.next + 1) % mostUnacknowledged
}

// overdue lists the records whose time is over.
func (u *unacknowledged) overdue(now time.Time) []*pending {
	var list []*pending
	for _, p := range u.records {
		if !p.dead && !now.Before(p.due) {
			list = append(list, p)
		}
	}
	return list
}

// due is when the next record is overdue; false: none waits for the client.
func (u *unacknowledged) due() (time.Time, bool) {
	var first time.Time
	for _, p := range u.records {
		if !p.dead && (first.IsZero() || p.due.Before(first)) {
			first = p.due
		}
	}
	return first, !first.IsZero()
}
