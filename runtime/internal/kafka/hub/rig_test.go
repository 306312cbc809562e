package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/catchup"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patienceOfTests is how long anything may take on a busy machine before a test fails.
const patienceOfTests = 30 * time.Second

// rig is a broker, a producer and a hub.
type rig struct {
	t        testing.TB
	broker   *kfake.Cluster
	producer *kgo.Client
	cluster  *cluster.Cluster
	hub      *Hub
	pool     *catchup.Pool
}

type rigOption func(*rigConfig)

type rigConfig struct {
	broker  []kfake.Opt
	hub     Config
	budget  int64
	readers int
	evicted func(int)
}

func withTopic(partitions int32, names ...string) rigOption {
	return func(c *rigConfig) { c.broker = append(c.broker, kfake.SeedTopics(partitions, names...)) }
}

func withHub(hub Config) rigOption { return func(c *rigConfig) { c.hub = hub } }

func withReaders(n int) rigOption { return func(c *rigConfig) { c.readers = n } }

func newRig(t testing.TB, opts ...rigOption) *rig {
	t.Helper()
	cfg := rigConfig{readers: 64}
	for _, opt := range opts {
		opt(&cfg)
	}
	if cfg.hub.TopicRefresh == 0 {
		cfg.hub.TopicRefresh = 100 * time.Millisecond
	}
	broker, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1)}, cfg.broker...)...)
	must(t, err)
	target, err := cluster.ParseTarget(endpoint.JSON(fmt.Sprintf(
		`{"name":"default","configuration":{"bootstrapServers":%q}}`, broker.ListenAddrs()[0])))
	must(t, err)
	c, err := cluster.New(target, cluster.Config{Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	producer, err := kgo.NewClient(kgo.SeedBrokers(broker.ListenAddrs()...), kgo.ProducerLinger(0),
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.MetadataMinAge(50*time.Millisecond))
	must(t, err)
	r := &rig{t: t, broker: broker, producer: producer, cluster: c, pool: catchup.NewPool(cfg.readers, nil)}
	r.hub = New(c, NewBudget(cfg.budget, cfg.evicted), r.pool, cfg.hub)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patienceOfTests)
		defer cancel()
		if err := r.hub.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := c.Close(ctx); err != nil {
			t.Error(err)
		}
		producer.Close()
		broker.Close()
	})
	return r
}

// put writes one record and waits for its offset.
func (r *rig) put(topic string, partition int32, value string) int64 {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patienceOfTests)
	defer cancel()
	rec, err := r.producer.ProduceSync(ctx, &kgo.Record{Topic: topic, Partition: partition, Value: []byte(value)}).First()
	must(r.t, err)
	return rec.Offset
}

// fill writes n records to each partition, their values being their offsets from first on.
func (r *rig) fill(topic string, partitions int32, first, n int) {
	r.t.Helper()
	var records []*kgo.Record
	for i := range n {
		for p := range partitions {
			records = append(records, &kgo.Record{Topic: topic, Partition: p, Value: strconv.AppendInt(nil, int64(first+i), 10)})
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patienceOfTests)
	defer cancel()
	must(r.t, r.producer.ProduceSync(ctx, records...).FirstErr())
}

func (r *rig) open(reading qos.Reading) qos.Stream {
	r.t.Helper()
	s, err := r.tryOpen(reading)
	must(r.t, err)
	r.t.Cleanup(func() { finishStream(r.t, s) })
	return s
}

// finishStream closes a stream; it may be called by any goroutine.
func finishStream(t testing.TB, s qos.Stream) {
	t.Helper()
	if err := s.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

func (r *rig) tryOpen(reading qos.Reading) (qos.Stream, error) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patienceOfTests)
	defer cancel()
	reading.Level = endpoint.None
	if reading.Reset == "" {
		reading.Reset = qos.Latest
	}
	return r.hub.Open(ctx, reading)
}

// take polls until there are n records.
func take(t testing.TB, s qos.Stream, n int) []*core.Record {
	t.Helper()
	records, err := tryTake(s, n, patienceOfTests)
	if err != nil {
		t.Fatalf("after %d of %d records: %v", len(records), n, err)
	}
	return records
}

func tryTake(s qos.Stream, n int, patience time.Duration) ([]*core.Record, error) {
	timeout := time.After(patience)
	var records []*core.Record
	for len(records) < n {
		batch, wake, err := s.Poll(n - len(records))
		switch {
		case err != nil:
			return records, err
		case batch != nil:
			for i := range batch.Len() {
				records = append(records, batch.Record(i))
			}
			continue
		}
		select {
		case <-wake:
		case <-timeout:
			return records, context.DeadlineExceeded
		}
	}
	return records, nil
}

// idle checks that a stream has nothing to give, and stays so for a while.
func idle(t testing.TB, s qos.Stream) {
	t.Helper()
	if got, err := tryTake(s, 1, 150*time.Millisecond); len(got) > 0 || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v, %v, want nothing", values(got), err)
	}
}

// following reports whether a stream that was read to its end follows its feed, without a reader.
func following(t testing.TB, s qos.Stream) bool {
	t.Helper()
	if batch, _, err := s.Poll(0); batch != nil || err != nil {
		t.Errorf("not at the end: %v, %v", batch, err)
	}
	return s.(*stream).live && s.(*stream).reader == nil
}

func values(records []*core.Record) []string {
	var out []string
	for _, r := range records {
		if r == nil {
			out = append(out, "skipped")
			continue
		}
		out = append(out, string(r.Value))
	}
	return out
}

func cursorOf(s qos.Stream) string { return string(s.Cursor(nil)) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// newRigOn is a second hub on the broker of another rig.
func newRigOn(t testing.TB, of *rig) *rig {
	t.Helper()
	r := *of
	r.t = t
	r.hub = New(r.cluster, NewBudget(0, nil), r.pool, Config{TopicRefresh: 100 * time.Millisecond})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patienceOfTests)
		defer cancel()
		if err := r.hub.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return &r
}

// stallFetches makes every fetch fail for now, as if leaders were moving.
func (r *rig) stallFetches() (release func()) {
	r.t.Helper()
	fault := r.broker.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.NotLeaderForPartition, Count: -1})
	ctx, cancel := context.WithTimeout(context.Background(), patienceOfTests)
	defer cancel()
	must(r.t, fault.Wait(ctx, 1))
	return fault.Remove
}

func key(topic string, partition int32) string { return fmt.Sprintf("%s@%d", topic, partition) }
