package pull

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// patience is how long anything may take on a busy machine before a test fails.
const patience = 30 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type rig struct {
	t       testing.TB
	broker  *kfake.Cluster
	cluster *cluster.Cluster
	pulls   *Pulls
	writer  *kgo.Client
}

func newRig(t testing.TB, cfg Config, opts ...kfake.Opt) *rig {
	t.Helper()
	b, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	target, err := cluster.ParseTarget(endpoint.JSON(
		`{"configuration":{"bootstrapServers":"` + strings.Join(b.ListenAddrs(), ",") + `"}}`))
	if err != nil {
		t.Fatal(err)
	}
	c, err := cluster.New(target, cluster.Config{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, broker: b, cluster: c, pulls: New(c, cfg)}
	r.writer, err = c.NewClient("test", kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.writer.Close()
		if err := r.pulls.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return r
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
		Kind: endpoint.HTTPGet, Level: endpoint.Balanced, Topics: topics, Group: "g.pull",
		Reset: qos.Earliest, Wait: patience,
	}
}

func (r *rig) open(read qos.Reading) qos.Stream {
	r.t.Helper()
	s, err := r.pulls.Open(r.t.Context(), read)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// page pulls until n records came, or for 50 ms when n is 0, and settles them.
func (r *rig) page(read qos.Reading, n int) []string {
	r.t.Helper()
	s := r.open(read)
	var got []string
	wait := patience
	if n == 0 {
		wait = 50 * time.Millisecond
	}
	over := time.After(wait)
	for more := true; more && (n == 0 || len(got) < n); {
		limit := 0
		if n > 0 {
			limit = n - len(got)
		}
		b, ready, err := s.Poll(limit)
		if err != nil {
			r.t.Fatal(err)
		}
		if b == nil {
			select {
			case <-ready:
			case <-over:
				more = false
			}
			continue
		}
		for i := range b.Len() {
			if rec := b.Record(i); rec != nil {
				got = append(got, fmt.Sprintf("%d:%s", rec.Partition, rec.Value))
			}
		}
		s.Settle(b, b.Len())
	}
	if err := s.Close(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	return got
}

func numbers(from, to int) (list []string) {
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprint(i))
	}
	return list
}
