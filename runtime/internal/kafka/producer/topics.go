package producer

import (
	"errors"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// topics remembers which topics took records and bars those that the client must forget.
//
// Two failures would last: a topic deleted and made again, whose new id the client does not take
// by itself, and a topic that never was, which stays in every metadata request. Such a topic is
// barred until no record of it is in flight, then purged from the client, then free again.
//
// A topic that took records and is missing for a moment is kept: purging it would start its
// sequence numbers again, and the broker could take a new record for an old one.
type topics struct {
	took   map[string]struct{}
	barred map[string]*bar
}

// bar keeps new records of a topic out.
type bar struct {
	err     error // what they are refused with
	purging bool
}

func (t *topics) learn(topic string, err error) {
	if err == nil {
		if _, known := t.took[topic]; !known {
			t.took[topic] = struct{}{}
		}
		return
	}
	_, took := t.took[topic]
	switch {
	case errors.Is(err, kerr.UnknownTopicID):
		t.bar(topic, &core.Error{Code: core.CodeBrokerUnavailable, Op: op, RetryAfter: 1, Err: err})
	case errors.Is(err, kerr.UnknownTopicOrPartition) && !took:
		t.bar(topic, failure(err))
	}
}

func (t *topics) bar(topic string, err error) {
	if t.barred[topic] == nil {
		t.barred[topic] = &bar{err: err}
	}
}

// purge makes the client forget a topic, "" for none. The library forbids this inside its
// promises, so it has a goroutine of its own.
func (p *Producer) purge(topic string) {
	if topic == "" || !p.enter() {
		return
	}
	go func() {
		defer p.purges.Done()
		p.client.PurgeTopicsFromProducing(topic)
		p.flights.unbar(topic)
	}()
}

// enter adds a purge unless the producer is closed.
func (p *Producer) enter() bool {
	p.flights.mu.Lock()
	defer p.flights.mu.Unlock()
	if p.flights.closed {
		return false
	}
	p.purges.Add(1)
	return true
}

func (l *flights) unbar(topic string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.topics.barred, topic)
	delete(l.topics.took, topic)
}
