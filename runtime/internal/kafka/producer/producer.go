// Package producer writes records to Kafka. A producer belongs to a cluster, a class of levels
// and a compression, never to a connection of the web.
package producer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

const (
	// maxBuffered is out of the way: bytes bound the buffer, not records.
	maxBuffered = 1 << 24
)

// Config is the produce section of the gateway's configuration.
type Config struct {
	Timeout          time.Duration // until a record's outcome counts as unknown; default 10s
	Linger           time.Duration // how long a record may wait for company; default 0
	MaxBufferedBytes int           // keys, values and headers not yet acknowledged; default 64 MiB
	Shared           *Buffer       // bounds them together with those of other producers; nil: no such bound
}

func (c Config) withDefaults() Config {
	c.Timeout = cmp.Or(c.Timeout, 10*time.Second)
	c.MaxBufferedBytes = cmp.Or(c.MaxBufferedBytes, 64<<20)
	return c
}

// Producer is a qos.Sink. Safe for concurrent use.
type Producer struct {
	cfg     Config
	cluster *cluster.Cluster
	client  *kgo.Client
	log     *slog.Logger
	reach   *reach
	acked   bool
	stops   bool // on data loss
	stopped atomic.Bool
	lost    atomic.Int64

	flights *flights
	purges  sync.WaitGroup
	watcher sync.WaitGroup
}

var _ qos.Sink = (*Producer)(nil)

// Class is what the producer of a level promises: levels of one class share a producer.
type Class string

// The classes of producers.
const (
	Unacknowledged Class = "none"         // acks=0
	Acknowledged   Class = "acknowledged" // idempotent, acks=all
	// Stopping is Acknowledged, but a producer that finds acknowledged records gone from the log
	// stops instead of starting its sequence again, which could write a record twice.
	Stopping Class = "stopping"
)

// ClassOf is the class of a level; docs/qos.md says what each level promises.
func ClassOf(level endpoint.QoS) Class {
	switch level {
	case endpoint.None:
		return Unacknowledged
	case endpoint.AtMostOnce:
		return Stopping
	}
	return Acknowledged
}

// New makes a producer; nothing connects before the first record. Compression is a value of
// producer.compressionType, "" for none. An error is a core.Error with CodeConfigurationInvalid.
func New(c *cluster.Cluster, cfg Config, class Class, compression string, log *slog.Logger) (*Producer, error) {
	codec, err := codecOf(compression)
	if err != nil {
		return nil, core.Wrap(core.CodeConfigurationInvalid, "produce", err)
	}
	p := &Producer{
		cfg: cfg.withDefaults(), cluster: c, log: log,
		acked: class != Unacknowledged, stops: class == Stopping,
		flights: newFlights(), reach: newReach(c),
	}
	opts := []kgo.Opt{
		kgo.ProducerBatchCompression(codec),
		kgo.ProducerLinger(p.cfg.Linger),
		kgo.MaxBufferedRecords(maxBuffered),
		kgo.MaxBufferedBytes(p.cfg.MaxBufferedBytes),
		// The library fails a record by this only where it was certainly not written.
		kgo.RecordDeliveryTimeout(max(p.cfg.Timeout, time.Second)),
		kgo.WithHooks(p.reach),
		kgo.RecordPartitioner(newPartitioner()),
	}
	purpose := "producer"
	switch class {
	case Unacknowledged:
		opts = append(opts, kgo.RequiredAcks(kgo.NoAck()), kgo.DisableIdempotentWrite())
		purpose = "producer-none"
	case Stopping:
		opts = append(opts, kgo.StopProducerOnDataLossDetected())
		purpose = "producer-stopping"
	}
	if p.client, err = c.NewClient(purpose, opts...); err != nil {
		return nil, err
	}
	p.watcher.Go(p.flights.watch)
	return p, nil
}

func codecOf(compression string) (kgo.CompressionCodec, error) {
	switch compression {
	case "", "none":
		return kgo.NoCompression(), nil
	case "gzip":
		return kgo.GzipCompression(), nil
	case "snappy":
		return kgo.SnappyCompression(), nil
	case "lz4":
		return kgo.Lz4Compression(), nil
	case "zstd":
		return kgo.ZstdCompression(), nil
	}
	return kgo.NoCompression(), fmt.Errorf("compressionType %q is not one of none, gzip, snappy, lz4, zstd", compression)
}

// Send implements qos.Sink.
func (p *Producer) Send(rec *core.Record, done func(core.Receipt, error)) {
	if err := p.cluster.Refusing(); err != nil {
		done(core.Receipt{}, err)
		return
	}
	if !p.acked && p.client.BufferedProduceBytes() >= int64(p.cfg.MaxBufferedBytes) {
		done(core.Receipt{}, errFull(nil))
		return
	}
	size, ok := p.cfg.Shared.take(rec)
	if !ok {
		done(core.Receipt{}, errFull(nil))
		return
	}
	f := &flight{producer: p, done: done, deadline: time.Now().Add(p.cfg.Timeout), size: size}
	if !p.acked {
		f.done = ignore
	}
	f.fill(rec)
	if err := p.flights.add(f); err != nil {
		p.cfg.Shared.give(size)
		done(core.Receipt{}, err)
		return
	}
	ctx := context.Background() // a request that ends must not take its record back
	if !p.reach.once.Load() {
		ctx, f.cancel = p.reach.limit()
	}
	p.client.TryProduce(ctx, &f.record, f.finish)
	if !p.acked {
		done(core.Receipt{}, nil)
	}
}

// Stopped reports whether the producer found a loss of data, and takes no more records. It stays
// so: its owner closes it and makes another, with a sequence of its own.
func (p *Producer) Stopped() bool { return p.stopped.Load() }

// learn notes an error that ends a producer of class Stopping.
func (p *Producer) learn(err error) {
	if !p.stops || p.stopped.Load() {
		return
	}
	if errors.Is(err, kerr.OutOfOrderSequenceNumber) || errors.Is(err, kerr.UnknownProducerID) ||
		errors.Is(err, kerr.InvalidProducerIDMapping) || errors.Is(err, kerr.InvalidProducerEpoch) {
		p.stopped.Store(true)
		p.log.Error("Kafka lost records that it had acknowledged: the producer stops", "error", err)
	}
}

// ignore is for records that nobody waits for.
func ignore(core.Receipt, error) {}

// Stats are counters of a producer.
type Stats struct {
	BufferedRecords int64 // not yet acknowledged, those whose outcome was called unknown too
	BufferedBytes   int64
	Lost            int64 // records of level none that were not written, as far as is known
}

// Stats reads the counters.
func (p *Producer) Stats() Stats {
	return Stats{
		BufferedRecords: p.client.BufferedProduceRecords(),
		BufferedBytes:   p.client.BufferedProduceBytes(),
		Lost:            p.lost.Load(),
	}
}

// Close refuses new records, waits for those in flight until ctx ends, and closes the client.
// What then is still without an answer ends with CodeOutcomeUnknown.
func (p *Producer) Close(ctx context.Context) error {
	p.flights.refuse()
	err := p.client.Flush(ctx)
	p.client.Close()
	p.flights.stop()
	p.watcher.Wait()
	p.purges.Wait()
	if err != nil {
		return fmt.Errorf("flush producer: %w", err)
	}
	return nil
}
