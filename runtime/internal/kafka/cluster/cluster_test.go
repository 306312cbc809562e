package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/test/ports"
)

func testConfig() Config {
	return Config{Log: slog.New(slog.DiscardHandler), DialTimeout: time.Second}
}

func target(t *testing.T, addrs ...string) Target {
	t.Helper()
	got, err := ParseTarget(endpoint.JSON(`{"name":"default","configuration":{"bootstrapServers":"` +
		strings.Join(addrs, ",") + `"}}`))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func open(t *testing.T, addrs ...string) *Cluster {
	t.Helper()
	c, err := New(target(t, addrs...), testConfig())
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

func broker(t *testing.T, opts ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	b, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// eventually polls until ok holds; after 30 s the test fails.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not seen within 30s: %s", what)
}

func TestOffsets(t *testing.T) {
	b := broker(t, kfake.SeedTopics(3, "orders"))
	c := open(t, b.ListenAddrs()...)
	client, err := c.NewClient("test", kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for range 4 {
		rec := &kgo.Record{Topic: "orders", Partition: 1, Value: []byte("x")}
		if err := client.ProduceSync(t.Context(), rec).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	topics, err := c.Offsets(t.Context(), "orders", "absent")
	if err != nil {
		t.Fatal(err)
	}
	if len(topics) != 1 || topics["orders"] == nil {
		t.Fatalf("topics: got %v, want orders alone", topics)
	}
	got := topics["orders"].Partitions
	want := []Partition{{}, {Stable: 4, End: 4}, {}}
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("partitions: got %v, want %v", got, want)
	}
	if topics["orders"].ID == [16]byte{} {
		t.Error("topic id is not filled")
	}
}

func TestStateFollowsTheBroker(t *testing.T) {
	port, err := ports.Free()
	if err != nil {
		t.Fatal(err)
	}
	c := open(t, fmt.Sprintf("127.0.0.1:%d", port))
	if got := c.State().Phase; got != NotTried {
		t.Errorf("before the first dial: got %q, want %q", got, NotTried)
	}
	if err := c.Refusing(); err != nil {
		t.Errorf("before the first dial: got %v, want no refusal", err)
	}
	if _, err := c.Topics(t.Context(), "orders"); core.CodeOf(err) != core.CodeBrokerUnavailable {
		t.Errorf("broker absent: got %v, want code %s", err, core.CodeBrokerUnavailable)
	}
	eventually(t, "refusal", func() bool { return core.CodeOf(c.Refusing()) == core.CodeBrokerUnavailable })
	if got := c.State().Phase; got != Unreachable {
		t.Errorf("broker absent: got %q, want %q", got, Unreachable)
	}
	broker(t, kfake.Ports(port))
	eventually(t, "recovery by the probe alone", func() bool { return c.Refusing() == nil })
	if got := c.State(); got.Phase != Reachable || got.Err != nil {
		t.Errorf("broker back: got %+v, want %q without error", got, Reachable)
	}
}

func TestCloseRunsLatestFirstAndJoinsErrors(t *testing.T) {
	c, err := New(target(t, "127.0.0.1:1"), testConfig())
	if err != nil {
		t.Fatal(err)
	}
	first, second := errors.New("first"), errors.New("second")
	var order []error
	for _, e := range []error{first, second} {
		c.OnClose(func(context.Context) error {
			order = append(order, e)
			return e
		})
	}
	err = c.Close(t.Context())
	if !errors.Is(err, first) || !errors.Is(err, second) {
		t.Errorf("got %v, want both errors", err)
	}
	if len(order) != 2 || !errors.Is(order[0], second) {
		t.Errorf("order: got %v, want the latest first", order)
	}
	if _, err := c.Admin(); core.CodeOf(err) != core.CodeDraining {
		t.Errorf("after close: got %v, want %s", err, core.CodeDraining)
	}
}
