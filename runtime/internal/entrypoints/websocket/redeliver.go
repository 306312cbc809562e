package websocket

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
)

// burial is the outcome of a dead letter.
type burial struct {
	record *pending
	err    error
}

// expire delivers the records again that were not acknowledged in time.
func (s *socket) expire(ctx context.Context) bool {
	s.acks.idle = true
	for _, p := range s.acks.waiting.overdue(time.Now()) {
		if !s.redeliver(ctx, p) {
			return false
		}
	}
	s.acks.wind()
	return true
}

// redeliver writes a record again, or gives it up. One that is another reader's now is left to it.
func (s *socket) redeliver(ctx context.Context, p *pending) bool {
	switch {
	case !s.stream.Holds(p.batch, p.index):
		return s.losing(ctx, p)
	case p.deliveries >= mostDeliveries:
		return s.giveUp(ctx, p)
	}
	s.acks.waiting.again(p, time.Now())
	s.acks.wind()
	if !s.tell(ctx, s.jsonFrames().appendMessage(nil, p.batch, p.index, 0, p.deliveries)) {
		return false
	}
	s.host.Metrics.Delivered(s.op, s.kind, 1, len(p.record().Value))
	return true
}

// errNoDeadLetters is why a partition stops where nothing is written elsewhere.
var errNoDeadLetters = errors.New("there is no dead letter topic")

// giveUp writes a record to the dead letter topic, or stops its partition.
func (s *socket) giveUp(ctx context.Context, p *pending) bool {
	topic := s.stream.DeadLetterTopic
	if topic == "" || topic == p.record().Topic { // a dead letter is not sent round in circles
		return s.stop(ctx, p, errNoDeadLetters)
	}
	sink, err := s.stream.DeadLetters()
	if err != nil {
		return s.stop(ctx, p, err)
	}
	p.dead = true
	letter := entrypoints.DeadLetter(p.record(), p.deliveries)
	letter.Topic = topic
	buried := s.acks.buried
	sink.Send(letter, func(_ core.Receipt, err error) { buried <- burial{p, err} })
	return true
}

// bury settles a record whose dead letter is in Kafka, and stops its partition when it is not.
func (s *socket) bury(ctx context.Context, b burial) bool {
	if b.err != nil {
		return s.stop(ctx, b.record, b.err)
	}
	s.acks.waiting.remove(b.record, givenUp)
	s.stream.Ack(b.record.batch, b.record.index) // false: it comes again elsewhere, which at-least-once allows
	return true
}

var stoppedDetail = "the message was delivered " + strconv.Itoa(mostDeliveries) +
	" times without an acknowledgement: its partition gives no more to this socket"

// stop gives a record up that is written nowhere: its partition gives no more to this socket,
// and the client is told.
func (s *socket) stop(ctx context.Context, p *pending, cause error) bool {
	s.acks.waiting.remove(p, givenUp)
	s.stream.Halt(p.batch, p.index)
	stopped := &core.Error{Code: core.CodeDeliveryStopped, Op: "deliver", Detail: stoppedDetail, Err: cause}
	s.host.LogFailure(ctx, "partition stopped", s.op, stopped)
	return s.tell(ctx, appendProblem(nil, nil, p.id, stopped))
}
