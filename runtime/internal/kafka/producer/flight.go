package producer

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// flight is one record on its way. The record lives inside it, so that both are one allocation.
type flight struct {
	record   kgo.Record
	producer *Producer
	done     func(core.Receipt, error)
	deadline time.Time
	cancel   context.CancelFunc // of a record sent before any broker was reached

	prev, next *flight // guarded by flights.mu
	listed     bool
}

// finish is the library's promise. It comes once, perhaps long after the deadline.
func (f *flight) finish(rec *kgo.Record, err error) {
	f.release()
	p := f.producer
	first, stale := p.flights.finish(f, err)
	p.purge(stale)
	p.learn(err)
	if err != nil && !p.acked {
		p.lost.Add(1)
		p.log.Debug("a record of level none was lost", "topic", rec.Topic, "error", err)
	}
	if !first {
		return // the caller was told that the outcome is unknown
	}
	if err != nil {
		f.done(core.Receipt{}, failure(err))
		return
	}
	f.done(core.Receipt{
		Topic: rec.Topic, Partition: rec.Partition, Offset: rec.Offset, Timestamp: rec.Timestamp,
	}, nil)
}

func (f *flight) release() {
	if f.cancel != nil {
		f.cancel()
	}
}
