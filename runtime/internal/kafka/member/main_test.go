package member

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// patience is how long anything may take on a busy machine before a test fails.
const patience = 30 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a broker, and one process that reads it.
type rig struct {
	t       testing.TB
	broker  *kfake.Cluster
	cluster *cluster.Cluster
	groups  *Groups
	writer  *kgo.Client
}

func newRig(t testing.TB, cfg Config, opts ...kfake.Opt) *rig {
	t.Helper()
	opts = append([]kfake.Opt{
		kfake.NumBrokers(1), kfake.BrokerConfigs(map[string]string{"group.initial.rebalance.delay.ms": "0"}),
	}, opts...)
	b, err := kfake.NewCluster(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	r := &rig{t: t, broker: b}
	r.cluster, r.groups = r.process(cfg)
	r.writer, err = r.cluster.NewClient("test", kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.writer.Close)
	return r
}

// process is another process that reads the same broker.
func (r *rig) process(cfg Config) (*cluster.Cluster, *Groups) {
	r.t.Helper()
	target, err := cluster.ParseTarget(endpoint.JSON(
		`{"configuration":{"bootstrapServers":"` + strings.Join(r.broker.ListenAddrs(), ",") + `"}}`))
	if err != nil {
		r.t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	c, err := cluster.New(target, cluster.Config{Log: log, FetchMaxWait: 20 * time.Millisecond})
	if err != nil {
		r.t.Fatal(err)
	}
	if cfg.CommitInterval == 0 {
		cfg.CommitInterval = 20 * time.Millisecond
	}
	cfg.TopicRefresh = 20 * time.Millisecond
	g := New(c, cfg, NewLimit(2), log)
	r.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := g.Close(ctx); err != nil {
			r.t.Error(err)
		}
		if err := c.Close(ctx); err != nil {
			r.t.Error(err)
		}
	})
	return c, g
}

func (r *rig) write(topic string, partition int32, values ...string) {
	r.t.Helper()
	records := make([]*kgo.Record, len(values))
	for i, v := range values {
		records[i] = &kgo.Record{Topic: topic, Partition: partition, Value: []byte(v)}
	}
	if err := r.writer.ProduceSync(context.Background(), records...).FirstErr(); err != nil {
		r.t.Fatal(err)
	}
}

func reading(topics ...string) qos.Reading {
	return qos.Reading{
		Kind: endpoint.SSE, Level: endpoint.Balanced, Topics: topics, Group: "g", Reset: qos.Earliest,
	}
}

// client is a web client that reads and settles.
type client struct {
	t      testing.TB
	stream qos.Stream

	mu   sync.Mutex
	got  []string // "partition:value"
	err  error
	quit chan struct{}
	done chan struct{}
}

func open(t testing.TB, g *Groups, r qos.Reading) qos.Stream {
	t.Helper()
	s, err := g.Open(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// attach opens a stream and reads it until close.
func attach(t testing.TB, g *Groups, r qos.Reading) *client {
	t.Helper()
	c := &client{t: t, stream: open(t, g, r), quit: make(chan struct{}), done: make(chan struct{})}
	go c.run()
	return c
}

func (c *client) run() {
	defer close(c.done)
	for {
		b, wait, err := c.stream.Poll(3)
		switch {
		case err != nil:
			c.mu.Lock()
			c.err = err
			c.mu.Unlock()
			return
		case b != nil:
			c.mu.Lock()
			for i := range b.Len() {
				if rec := b.Record(i); rec != nil {
					c.got = append(c.got, show(rec))
				}
			}
			c.mu.Unlock()
			c.stream.Settle(b, b.Len())
		default:
			select {
			case <-wait:
			case <-c.quit:
				return
			}
		}
	}
}

func show(rec *core.Record) string { return fmt.Sprintf("%d:%s", rec.Partition, rec.Value) }

func (c *client) values() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.got...)
}

func (c *client) failure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

func (c *client) close() {
	c.t.Helper()
	close(c.quit)
	<-c.done
	closeStream(c.t, c.stream)
}

func closeStream(t testing.TB, s qos.Stream) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
}

// poll waits for a batch.
func poll(t testing.TB, s qos.Stream, limit int) *qos.Batch {
	t.Helper()
	timeout := time.After(patience)
	for {
		b, wait, err := s.Poll(limit)
		if err != nil {
			t.Fatal(err)
		}
		if b != nil {
			return b
		}
		select {
		case <-wait:
		case <-timeout:
			t.Fatalf("no batch within %s", patience)
		}
	}
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not seen within %s: %s", patience, what)
}

// of lists what a client got from one partition.
func of(values []string, partition int) (list []string) {
	prefix := fmt.Sprintf("%d:", partition)
	for _, v := range values {
		if rest, ok := strings.CutPrefix(v, prefix); ok {
			list = append(list, rest)
		}
	}
	return list
}

func numbers(from, to int) (list []string) {
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprint(i))
	}
	return list
}
