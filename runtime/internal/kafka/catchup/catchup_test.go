package catchup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 30 * time.Second

type rig struct {
	t      *testing.T
	broker *kfake.Cluster
	client *kgo.Client
	source *Source
}

func newRig(t *testing.T, pool *Pool, cfg Config, opts ...kfake.Opt) *rig {
	t.Helper()
	broker, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1), kfake.SeedTopics(1, "t")}, opts...)...)
	must(t, err)
	target, err := cluster.ParseTarget(endpoint.JSON(fmt.Sprintf(
		`{"name":"default","configuration":{"bootstrapServers":%q}}`, broker.ListenAddrs()[0])))
	must(t, err)
	c, err := cluster.New(target, cluster.Config{Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	client, err := kgo.NewClient(kgo.SeedBrokers(broker.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	must(t, err)
	r := &rig{t, broker, client, NewSource(c, pool, cfg)}
	t.Cleanup(func() {
		must(t, r.source.Close(context.Background()))
		must(t, c.Close(context.Background()))
		client.Close()
		broker.Close()
	})
	return r
}

func (r *rig) put(records ...*kgo.Record) {
	r.t.Helper()
	for _, rec := range records {
		if rec.Topic == "" {
			rec.Topic = "t"
		}
		must(r.t, r.client.ProduceSync(context.Background(), rec).FirstErr())
	}
}

func (r *rig) open(next ...int64) *Reader {
	r.t.Helper()
	reader, _, err := r.source.Open(position(next...), nil)
	must(r.t, err)
	if reader == nil {
		r.t.Fatal("no place")
	}
	return reader
}

func position(next ...int64) cursor.Position {
	layout := cursor.NewLayout([]cursor.Topic{{Name: "t", Partitions: len(next)}})
	return cursor.Position{Layout: layout, Next: next}
}

// take reads until the position is reached.
func take(t *testing.T, r *Reader, until string) []*core.Record {
	t.Helper()
	var records []*core.Record
	timeout := time.After(patience)
	for {
		track, ready, err := r.Take()
		must(t, err)
		if track != nil {
			records = append(records, track.Records()...)
			if string(track.To().Append(nil)) == until {
				return records
			}
			continue
		}
		select {
		case <-ready:
		case <-timeout:
			t.Fatalf("%d records, and never at %s", len(records), until)
		}
	}
}

func failure(t *testing.T, r *Reader) error {
	t.Helper()
	timeout := time.After(patience)
	for {
		track, ready, err := r.Take()
		if err != nil {
			return err
		}
		if track != nil {
			continue
		}
		select {
		case <-ready:
		case <-timeout:
			t.Fatal("no error")
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCompactionGapsArePassed(t *testing.T) {
	r := newRig(t, NewPool(1, nil), Config{})
	admin := kadm.NewClient(r.client)
	_, err := admin.CreateTopic(context.Background(), 1, 1, map[string]*string{"cleanup.policy": kadm.StringPtr("compact")}, "c")
	must(t, err)
	r.put(&kgo.Record{Topic: "c", Key: []byte("first"), Value: []byte("stays")})
	for i := range 19 {
		r.put(&kgo.Record{Topic: "c", Key: []byte{'a' + byte(i%2)}, Value: []byte{byte(i)}})
	}
	r.broker.Compact()
	layout := cursor.NewLayout([]cursor.Topic{{Name: "c", Partitions: 1}})
	reader, _, err := r.source.Open(cursor.Position{Layout: layout, Next: []int64{0}}, nil)
	must(t, err)
	records := take(t, reader, "c@0#19")
	var offsets []int64
	for _, rec := range records {
		offsets = append(offsets, rec.Offset)
	}
	if !slices.Equal(offsets, []int64{0, 17, 18, 19}) {
		t.Errorf("offsets %v", offsets)
	}
}

func TestLogIsCutWhileReading(t *testing.T) {
	r := newRig(t, NewPool(1, nil), Config{FetchBytes: 1})
	for range 10 {
		r.put(&kgo.Record{Value: []byte("x")})
	}
	reader := r.open(0)
	for {
		track, ready, err := reader.Take()
		must(t, err)
		if track != nil {
			break
		}
		<-ready
	}
	offsets := kadm.Offsets{}
	offsets.AddOffset("t", 0, 8, -1)
	resp, err := kadm.NewClient(r.client).DeleteRecords(context.Background(), offsets)
	must(t, err)
	must(t, resp.Error())
	var e *core.Error
	if err := failure(t, reader); !errors.As(err, &e) || e.Code != core.CodeCursorGone || e.Oldest != "t@0#7" {
		t.Errorf("got %v", err)
	}
}

func TestBatchesLargerThanAnAnswer(t *testing.T) {
	r := newRig(t, NewPool(1, nil), Config{FetchBytes: 1 << 10}, kfake.SeedTopics(1, "t"))
	noise := make([]byte, 200<<10)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	for range 3 {
		r.put(&kgo.Record{Value: noise})
	}
	records := take(t, r.open(0), "t@0#2")
	if len(records) != 3 || !bytes.Equal(records[2].Value, noise) {
		t.Errorf("%d records", len(records))
	}
}

func TestStartsInsideABatch(t *testing.T) {
	r := newRig(t, NewPool(1, nil), Config{})
	must(t, r.client.ProduceSync(context.Background(),
		&kgo.Record{Topic: "t", Value: []byte("0")}, &kgo.Record{Topic: "t", Value: []byte("1")}, &kgo.Record{Topic: "t", Value: []byte("2")},
	).FirstErr())
	records := take(t, r.open(1), "t@0#2")
	if len(records) != 2 || string(records[0].Value) != "1" {
		t.Errorf("%d records from %s", len(records), records[0].Value)
	}
}

func TestPoolCountsReaders(t *testing.T) {
	open := 0
	pool := NewPool(1, func(delta int) { open += delta })
	r := newRig(t, pool, Config{Idle: time.Millisecond})
	for range 3 {
		reader := r.open(0)
		second, freed, err := r.source.Open(position(0), nil)
		if second != nil || err != nil {
			t.Fatalf("a second reader: %v", err)
		}
		reader.Stop()
		<-freed
	}
	must(t, r.source.Close(context.Background()))
	if open != 0 {
		t.Errorf("%d readers are open", open)
	}
	_, _, err := r.source.Open(cursor.Position{Layout: cursor.NewLayout(nil)}, nil)
	if err == nil || err.Error() != "catch up: FAILURE_DRAINING: closed" {
		t.Errorf("after Close: %v", err)
	}
}

func TestClientIsClosedWhenIdle(t *testing.T) {
	r := newRig(t, NewPool(1, nil), Config{Idle: 10 * time.Millisecond})
	r.put(&kgo.Record{Value: []byte("x")})
	for range 2 {
		reader := r.open(0)
		take(t, reader, "t@0#0")
		reader.Stop()
		for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
			r.source.mu.Lock()
			closed := r.source.client == nil
			r.source.mu.Unlock()
			if closed {
				break
			}
			if time.Now().After(end) {
				t.Fatal("the client stays")
			}
		}
	}
}

func TestCloseWaitsNoLongerThanItsContext(t *testing.T) {
	r := newRig(t, NewPool(1, nil), Config{})
	r.source.running.Add(1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := r.source.Close(ctx)
	if err == nil || err.Error() != "catch-up readers still running: context canceled" {
		t.Errorf("got %v", err)
	}
	r.source.running.Done()
}
