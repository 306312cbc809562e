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
	size     int64              // in Config.Shared
	chosen   int32              // partition that a publisher chose, or anyPartition

	prev, next *flight // guarded by flights.mu
	listed     bool
}

// fill takes what is written of a record; a nil value is a tombstone.
func (f *flight) fill(from *core.Record) {
	f.chosen = anyPartition
	if from.Pinned {
		f.chosen = from.Partition
	}
	to := &f.record
	to.Topic, to.Partition, to.Key, to.Value = from.Topic, f.chosen, from.Key, from.Value
	if len(from.Headers) > 0 {
		to.Headers = make([]kgo.RecordHeader, len(from.Headers))
		for i, h := range from.Headers {
			to.Headers[i] = kgo.RecordHeader{Key: h.Name, Value: h.Value}
		}
	}
}

// finish is the library's promise. It comes once, perhaps long after the deadline.
func (f *flight) finish(rec *kgo.Record, err error) {
	f.release()
	p := f.producer
	p.cfg.Shared.give(f.size)
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
	switch {
	case err != nil && f.chosen >= 0 && rec.Partition < 0:
		p.client.ForceMetadataRefresh() // the topic may have got more partitions
		f.done(core.Receipt{}, noPartition(rec.Topic, f.chosen, -rec.Partition))
		return
	case err != nil:
		f.done(core.Receipt{}, p.reach.failure(err))
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
