package websocket

import (
	"context"
	"time"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// acks are the acknowledgements of a socket at level at-least-once. The goroutine that writes
// owns them; the one that reads hands frames over, and the writer of dead letters its outcomes.
// The zero value is for sockets without acknowledgements: none of its channels is ever ready.
type acks struct {
	on      bool
	waiting unacknowledged
	frames  chan *frame   // acks and nacks of the client
	buried  chan burial   // outcomes of dead letters; has room for all
	over    chan struct{} // closed when nobody takes frames any more
	timer   *time.Timer   // set to when a record is overdue, unless idle
	idle    bool
}

func newAcks(timeout time.Duration) acks {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	return acks{
		on: true, waiting: unacknowledged{timeout: timeout},
		frames: make(chan *frame, mostUnacknowledged), buried: make(chan burial, mostUnacknowledged),
		over: make(chan struct{}), timer: timer, idle: true,
	}
}

// expired has a value when records may be overdue.
func (a *acks) expired() <-chan time.Time {
	if a.timer == nil {
		return nil
	}
	return a.timer.C
}

// end lets a reader go that hands a frame over.
func (a *acks) end() {
	if a.on {
		a.timer.Stop()
		close(a.over)
	}
}

// hand gives a frame to the goroutine that writes; false: the socket ends.
func (a *acks) hand(f *frame) bool {
	select {
	case a.frames <- f:
		return true
	case <-a.over:
		return false
	}
}

// full says that the client must acknowledge before it gets more.
func (a *acks) full() bool { return a.on && a.waiting.room() <= 0 }

// most bounds the next batch; 0: there is no bound.
func (a *acks) most() int {
	if !a.on {
		return 0
	}
	return a.waiting.room()
}

// wind sets the timer to the record that is overdue next.
func (a *acks) wind() {
	due, some := a.waiting.due()
	if !some || !a.idle {
		return
	}
	a.timer.Reset(max(time.Until(due), time.Millisecond))
	a.idle = false
}

// delivered remembers the records of a batch that the client has now.
func (s *socket) delivered(b *qos.Batch) {
	if !s.acks.on {
		s.stream.Settle(b, b.Len())
		return
	}
	now := time.Now()
	for i := range b.Len() {
		if b.Record(i) != nil {
			s.acks.waiting.add(b, i, string(b.AppendID(nil, i, s.stream.EncodeIDs)), now)
		}
	}
	s.acks.wind()
}

// acknowledge takes a frame and those that came with it; false: the client is gone.
func (s *socket) acknowledge(ctx context.Context, f *frame) bool {
	for range cap(s.acks.frames) {
		if !s.taken(ctx, f) {
			return false
		}
		select {
		case f = <-s.acks.frames:
		default:
			return true
		}
	}
	return s.taken(ctx, f)
}

// taken does what an ack or a nack asks for.
func (s *socket) taken(ctx context.Context, f *frame) bool {
	p := s.acks.waiting.find(f.id)
	switch {
	case p == nil:
		return s.notWaiting(ctx, f.id)
	case p.dead:
		return s.refuseID(ctx, f.id, givenUpDetail)
	case f.kind == ackKind:
		return s.settled(ctx, p)
	}
	return s.redeliver(ctx, p)
}

const givenUpDetail = "the message was given up on: it was delivered as often as it may be"

// notWaiting answers an ack or a nack of a record that waits for none.
func (s *socket) notWaiting(ctx context.Context, id string) bool {
	switch s.acks.waiting.fate(id) {
	case lost:
		return s.tell(ctx, appendLost(nil, id))
	case acknowledged:
		return s.refuseID(ctx, id, "the message is acknowledged already")
	case givenUp:
		return s.refuseID(ctx, id, givenUpDetail)
	}
	return s.refuseID(ctx, id, "no message with this id waits for an acknowledgement")
}

// losing tells the client that a record is another reader's now.
func (s *socket) losing(ctx context.Context, p *pending) bool {
	s.acks.waiting.remove(p, lost)
	return s.tell(ctx, appendLost(nil, p.id))
}

// settled commits a record that was acknowledged, or says that it is another reader's now.
func (s *socket) settled(ctx context.Context, p *pending) bool {
	if s.stream.Ack(p.batch, p.index) {
		s.acks.waiting.remove(p, acknowledged)
		return true
	}
	return s.losing(ctx, p)
}

func (s *socket) refuseID(ctx context.Context, id, detail string) bool {
	return s.tell(ctx, appendProblem(nil, nil, id, core.NewError(core.CodeInvalidRequest, detail)))
}

// tell writes a frame; false: the client is gone.
func (s *socket) tell(ctx context.Context, frame []byte) bool {
	if err := s.conn.Write(ctx, websocket.MessageText, frame); err != nil {
		s.lost(err)
		return false
	}
	return true
}

// appendLost appends the answer to the acknowledgement of a record whose partition this gateway
// gave up: it may come again, here or elsewhere.
func appendLost(dst []byte, id string) []byte {
	dst = append(dst, `{"type":"lost","id":`...)
	dst = web.AppendString(dst, id)
	return append(dst, '}')
}
