package entrypointstest

import (
	"sync"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// Sink takes records in memory. Each topic has one partition. Safe for concurrent use.
type Sink struct {
	// Fail gives the error of a record; nil: it lands. Set before the first Send.
	Fail func(rec *core.Record) error
	// Hold keeps answers back until Release. Set before the first Send.
	Hold bool

	mu      sync.Mutex
	next    map[string]int64
	records []*core.Record
	held    []func()
}

// Send implements qos.Sink.
func (s *Sink) Send(rec *core.Record, done func(core.Receipt, error)) {
	s.mu.Lock()
	if s.Fail != nil {
		if err := s.Fail(rec); err != nil {
			s.mu.Unlock()
			done(core.Receipt{}, err)
			return
		}
	}
	if s.next == nil {
		s.next = map[string]int64{}
	}
	offset := s.next[rec.Topic]
	s.next[rec.Topic]++
	s.records = append(s.records, rec)
	answer := func() {
		done(core.Receipt{Topic: rec.Topic, Offset: offset, Timestamp: Time(offset)}, nil)
	}
	if s.Hold {
		s.held = append(s.held, answer)
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	answer()
}

// Records are the records that landed, in their order.
func (s *Sink) Records() []*core.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*core.Record(nil), s.records...)
}

// Release answers for the records that are held, the last one first, and holds no more.
func (s *Sink) Release() {
	s.mu.Lock()
	held := s.held
	s.held, s.Hold = nil, false
	s.mu.Unlock()
	for i := len(held) - 1; i >= 0; i-- {
		held[i]()
	}
}

// Publisher is an operation "shop" / "placeOrder" that publishes to topic "orders" of a sink.
func Publisher(s qos.Sink) *entrypoints.Operation {
	return &entrypoints.Operation{
		API: "shop", Name: "placeOrder",
		Publish: &entrypoints.Publishing{
			Prepare: func(*exchange.Exchange, endpoint.QoS) (entrypoints.Publication, error) {
				return publication{s}, nil
			},
		},
	}
}

// SendTo makes an operation publish to other topics.
func SendTo(op *entrypoints.Operation, topics func() ([]string, error)) {
	prepare := op.Publish.Prepare
	op.Publish.Prepare = func(x *exchange.Exchange, level endpoint.QoS) (entrypoints.Publication, error) {
		pub, err := prepare(x, level)
		return sentTo{pub, topics}, err
	}
}

type sentTo struct {
	entrypoints.Publication
	topics func() ([]string, error)
}

func (s sentTo) Address(*core.Record) ([]string, error) { return s.topics() }

// publication writes to topic "orders" of a sink; its ids are base64.
type publication struct{ sink qos.Sink }

func (publication) Compose(*core.Record) error             { return nil }
func (publication) Address(*core.Record) ([]string, error) { return []string{"orders"}, nil }
func (p publication) Sink() (qos.Sink, error)              { return p.sink, nil }
func (publication) EncodeIDs() bool                        { return true }
func (publication) IDPrefix() string                       { return "" }
func (publication) Release()                               {}
