package producer

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func broker(t testing.TB, opts ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	b, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func connect(t testing.TB, addrs ...string) *cluster.Cluster {
	t.Helper()
	target, err := cluster.ParseTarget(endpoint.JSON(
		`{"configuration":{"bootstrapServers":"` + strings.Join(addrs, ",") + `"}}`))
	if err != nil {
		t.Fatal(err)
	}
	c, err := cluster.New(target, cluster.Config{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

func open(t testing.TB, c *cluster.Cluster, cfg Config, level endpoint.QoS) *Producer {
	t.Helper()
	p, err := New(c, cfg, ClassOf(level), "none", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		_ = p.Close(ctx) // with the broker away the flush cannot end
	})
	return p
}

type answer struct {
	receipt core.Receipt
	err     error
}

// send writes one record; the channel gets its answer.
func send(p *Producer, rec *core.Record) <-chan answer {
	ch := make(chan answer, 2) // a second answer must be seen, not block
	p.Send(rec, func(r core.Receipt, err error) { ch <- answer{r, err} })
	return ch
}

func wait(t testing.TB, ch <-chan answer) answer {
	t.Helper()
	select {
	case a := <-ch:
		return a
	case <-time.After(30 * time.Second):
		t.Fatal("no answer within 30s")
		return answer{}
	}
}

func wantCode(t testing.TB, a answer, want core.Code) {
	t.Helper()
	if got := core.CodeOf(a.err); got != want {
		t.Errorf("got %q (%v), want %q", got, a.err, want)
	}
}
