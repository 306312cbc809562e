package gateway

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/ports"
)

// restartable is an embedded broker that can go away and come back with its data.
type restartable struct {
	t       testing.TB
	port    int
	dir     string
	cluster *kfake.Cluster
}

func newRestartable(t testing.TB) *restartable {
	t.Helper()
	port, err := ports.Free()
	if err != nil {
		t.Fatal(err)
	}
	b := &restartable{t: t, port: port, dir: t.TempDir()}
	t.Cleanup(b.stop)
	return b
}

func (b *restartable) address() string { return fmt.Sprintf("127.0.0.1:%d", b.port) }

func (b *restartable) start() {
	b.t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(b.port), kfake.DataDir(b.dir), kfake.AllowAutoTopicCreation(), kfake.DefaultNumPartitions(1))
	if err != nil {
		b.t.Fatal(err)
	}
	b.cluster = c
}

func (b *restartable) stop() {
	if b.cluster != nil {
		b.cluster.Close()
		b.cluster = nil
	}
}

func TestBrokerAbsentAtStart(t *testing.T) {
	b := newRestartable(t)
	r := start(t, setup{brokers: b.address(), partitions: -1, operations: ops(operation("orders", everyEntrypoint("balanced")...))})
	if status, _ := r.adminGet("/readyz"); status != http.StatusOK {
		t.Errorf("a gateway is ready without its brokers, got %d", status)
	}
	got := r.post(order(1))
	got.WantProblem(t, 503, "FAILURE_BROKER_UNAVAILABLE")
	if got.Header.Get("Retry-After") == "" {
		t.Errorf("503 without Retry-After: %v", got.Header)
	}
	r.Do("GET", "/orders", "").WantProblem(t, 503, "FAILURE_BROKER_UNAVAILABLE")
	_, text := r.adminGet("/metrics")
	if !strings.Contains(text, `state="unreachable"} 1`) {
		t.Error("the metric does not say that the broker is away")
	}

	b.start()
	harness.CreateTopic(t, harness.Kafka(t, b.address()), r.topic, 1)
	harness.Eventually(t, "a publish after the broker came", func() bool { return r.post(order(1)).Status == http.StatusAccepted })
	s := r.Stream("/orders")
	r.post(order(2))
	s.WantData(order(2))
}

func TestBrokerGoesAndComesBack(t *testing.T) {
	b := newRestartable(t)
	b.start()
	r := start(t, setup{
		brokers: b.address(), operations: ops(operation("orders", everyEntrypoint("none")...), operation("safe", atPath(post("balanced"), "/safe"))),
		environ: []string{"PENSTOCK_PRODUCE__TIMEOUT=1s"},
	})
	s := r.Stream("/orders")
	safe := func(n int) harness.Answer { return r.Do("POST", "/safe", order(n), "Content-Type: application/json") }
	if got := safe(1); got.Status != http.StatusAccepted {
		t.Fatalf("got %d %s", got.Status, got.Body)
	}
	s.WantData(order(1))

	b.stop()
	begin := time.Now()
	first := safe(2)
	if first.Status != http.StatusGatewayTimeout && first.Status != http.StatusServiceUnavailable {
		t.Fatalf("with the broker gone: got %d %s", first.Status, first.Body)
	}
	if took := time.Since(begin); took >= 10*time.Second { // the default of produce.timeout
		t.Errorf("the answer took %v", took)
	}
	harness.Eventually(t, "503", func() bool { return safe(3).Status == http.StatusServiceUnavailable })
	// A request that waits for the broker takes produce.timeout; the gate answers before.
	harness.Eventually(t, "503 at once", func() bool {
		begin := time.Now()
		safe(4).WantProblem(t, 503, "FAILURE_BROKER_UNAVAILABLE")
		return time.Since(begin) < 500*time.Millisecond
	})

	b.start()
	harness.Eventually(t, "a publish after the broker is back", func() bool { return safe(5).Status == http.StatusAccepted })
	again := r.Stream("/orders")
	if got := safe(6); got.Status != http.StatusAccepted {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	harness.Eventually(t, "a stream after the broker is back", func() bool { return again.Event().Data == order(6) })
	if n := strings.Count(r.log.String(), "level=WARN msg=\"cluster is unreachable\""); n > 1 {
		t.Errorf("the state is logged %d times", n)
	}
}

// stallProduce makes a broker sit on produce requests until the returned function is called.
func stallProduce(b *kfake.Cluster) (release func()) {
	stalled := make(chan struct{})
	b.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		b.SleepControl(func() { <-stalled })
		return nil, nil, false
	})
	return sync.OnceFunc(func() { close(stalled) })
}

// TestOutcomeUnknown stalls the broker while a record is on its way: nobody knows whether it
// was written, and the answer says so.
func TestOutcomeUnknown(t *testing.T) {
	b := harness.Embedded(t)
	r := start(t, setup{
		brokers: b.ListenAddrs()[0], operations: ops(operation("orders", post("balanced"))),
		environ: []string{"PENSTOCK_PRODUCE__TIMEOUT=2s"},
	})
	r.post(order(1))
	release := stallProduce(b)
	defer release()
	r.post(order(2)).WantProblem(t, 504, "FAILURE_OUTCOME_UNKNOWN")
	release()
	harness.Eventually(t, "a publish after the stall", func() bool { return r.post(order(3)).Status == http.StatusAccepted })
}
