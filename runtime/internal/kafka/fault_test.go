package kafka_test

import (
	"context"
	"log/slog"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/test/ports"
)

// kinds are readings of each of the three readers.
func kinds() map[string]qos.Reading {
	return map[string]qos.Reading{
		"none":   {Kind: endpoint.SSE, Level: endpoint.None, Topics: []string{"orders"}, Reset: qos.Earliest},
		"member": {Kind: endpoint.SSE, Level: endpoint.Balanced, Topics: []string{"orders"}, Reset: qos.Earliest, Group: "g"},
		"pull":   {Kind: endpoint.HTTPGet, Level: endpoint.Balanced, Topics: []string{"orders"}, Reset: qos.Earliest, Group: "g.pull"},
	}
}

func gateway(t *testing.T, port int) (*kafka.Kafka, cluster.Target) {
	t.Helper()
	target, err := cluster.ParseTarget(endpoint.JSON(
		`{"name":"default","configuration":{"bootstrapServers":"127.0.0.1:` + strconv.Itoa(port) + `"}}`))
	if err != nil {
		t.Fatal(err)
	}
	cfg := kafka.Default()
	cfg.Produce.Timeout = 5 * time.Second // more than a record waits for a first broker
	k := kafka.New(cfg, slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := k.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return k, target
}

// configured holds a cluster of the configuration.
func configured(t *testing.T, k *kafka.Kafka, target cluster.Target) qos.Cluster {
	t.Helper()
	c, _, err := k.Hold(target, false)
	if err != nil {
		t.Fatalf("a cluster connects to nothing: %v", err)
	}
	return c
}

// silent listens and never answers. It gives the port, and closes with the test.
func silent(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().(*net.TCPAddr).Port
}

func TestBrokerAbsentAtStart(t *testing.T) {
	port, err := ports.Free()
	if err != nil {
		t.Fatal(err)
	}
	k, target := gateway(t, port)
	source := configured(t, k, target)
	for name, reading := range kinds() {
		start := time.Now()
		if _, err := source.Open(t.Context(), reading); core.CodeOf(err) != core.CodeBrokerUnavailable {
			t.Errorf("%s: got %v, want %s", name, err, core.CodeBrokerUnavailable)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: refused after %s", name, took)
		}
	}
	stats := k.Stats()
	if len(stats.Clusters) != 1 || stats.Clusters[0].State.Phase != cluster.Unreachable || stats.GroupMembers != 0 {
		t.Errorf("stats: got %+v", stats)
	}
	b, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(port), kfake.SeedTopics(1, "orders"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	for name, reading := range kinds() {
		var stream qos.Stream
		for end := time.Now().Add(30 * time.Second); stream == nil; time.Sleep(10 * time.Millisecond) {
			if stream, err = source.Open(t.Context(), reading); err != nil && time.Now().After(end) {
				t.Fatalf("%s: still refused 30s after the broker came: %v", name, err)
			}
		}
		if err := stream.Close(t.Context()); err != nil {
			t.Errorf("%s: close: %v", name, err)
		}
	}
	if phase := k.Stats().Clusters[0].State.Phase; phase != cluster.Reachable {
		t.Errorf("state: got %s, want %s", phase, cluster.Reachable)
	}
}

func TestBrokerThatDoesNotAnswer(t *testing.T) {
	k, target := gateway(t, silent(t))
	source := configured(t, k, target)
	for name, reading := range kinds() {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		if _, err := source.Open(ctx, reading); core.CodeOf(err) != core.CodeReadTimeout {
			t.Errorf("%s: got %v, want %s", name, err, core.CodeReadTimeout)
		}
		cancel()
	}
	sink, err := source.Sink(endpoint.Balanced, "")
	if err != nil {
		t.Fatal(err)
	}
	outcome := make(chan error, 1)
	sink.Send(&core.Record{Topic: "orders"}, func(_ core.Receipt, err error) { outcome <- err })
	select {
	case err := <-outcome:
		// Nothing was ever sent: the record is certainly not written.
		if core.CodeOf(err) != core.CodeBrokerUnavailable {
			t.Errorf("publish: got %v, want %s", err, core.CodeBrokerUnavailable)
		}
	case <-time.After(30 * time.Second):
		t.Error("publish: no outcome")
	}
}

func TestLevelsThatAreNone(t *testing.T) {
	k, target := gateway(t, 1)
	c := configured(t, k, target)
	_, err := c.Sink("exactly-once", "none")
	const want = `produce: INCOMPATIBLE_QOS: "exactly-once": no such level`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = c.Open(t.Context(), qos.Reading{Level: "exactly-once"})
	if core.CodeOf(err) != core.CodeIncompatibleQoS {
		t.Errorf("got %v, want %s", err, core.CodeIncompatibleQoS)
	}
}

func TestClientsAreShared(t *testing.T) {
	k, target := gateway(t, 1)
	c := configured(t, k, target)
	first, err := c.Sink(endpoint.Balanced, "")
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Sink(endpoint.Balanced, "none")
	if err != nil {
		t.Fatal(err)
	}
	other, err := c.Sink(endpoint.None, "none")
	if err != nil {
		t.Fatal(err)
	}
	stopping, err := c.Sink(endpoint.AtMostOnce, "none")
	if err != nil {
		t.Fatal(err)
	}
	if first != again || first == other || first == stopping {
		t.Error("a producer is for one class of levels and one compression")
	}
	for _, level := range []endpoint.QoS{endpoint.AtBest, endpoint.AtLeastOnce} {
		if same, err := c.Sink(level, "none"); err != nil || same != first {
			t.Errorf("%s: got a producer of its own, %v", level, err)
		}
	}
	if n := k.Stats().Clusters[0].Producers; n != 3 {
		t.Errorf("got %d producers, want 3", n)
	}
	if err := k.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if _, _, err := k.Hold(target, false); core.CodeOf(err) != core.CodeDraining {
		t.Errorf("after close: got %v, want %s", err, core.CodeDraining)
	}
}
