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
)

// restartable is an embedded broker that can go away and come back with its data.
type restartable struct {
	t       testing.TB
	port    int
	dir     string
	cluster *kfake.Cluster
}

func newRestartable(t testing.TB) *restartable {
	b := &restartable{t: t, port: freePort(t), dir: t.TempDir()}
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
	got.wantProblem(t, 503, "FAILURE_BROKER_UNAVAILABLE")
	if got.header.Get("Retry-After") == "" {
		t.Errorf("503 without Retry-After: %v", got.header)
	}
	r.do("GET", "/orders", "").wantProblem(t, 503, "FAILURE_BROKER_UNAVAILABLE")
	_, text := r.adminGet("/metrics")
	if !strings.Contains(text, `state="unreachable"} 1`) {
		t.Error("the metric does not say that the broker is away")
	}

	b.start()
	createTopic(t, client(t, b.address()), r.topic, 1)
	eventually(t, "a publish after the broker came", func() bool { return r.post(order(1)).status == http.StatusAccepted })
	s := r.stream("/orders")
	r.post(order(2))
	s.wantData(order(2))
}

func TestBrokerGoesAndComesBack(t *testing.T) {
	b := newRestartable(t)
	b.start()
	r := start(t, setup{
		brokers: b.address(), operations: ops(operation("orders", everyEntrypoint("none")...), operation("safe", atPath(post("balanced"), "/safe"))),
		environ: []string{"PENSTOCK_PRODUCE__TIMEOUT=1s"},
	})
	s := r.stream("/orders")
	safe := func(n int) answer { return r.do("POST", "/safe", order(n), "Content-Type: application/json") }
	if got := safe(1); got.status != http.StatusAccepted {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	s.wantData(order(1))

	b.stop()
	begin := time.Now()
	first := safe(2)
	if first.status != http.StatusGatewayTimeout && first.status != http.StatusServiceUnavailable {
		t.Fatalf("with the broker gone: got %d %s", first.status, first.body)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("the answer took %v", took)
	}
	eventually(t, "503 at once", func() bool { return safe(3).status == http.StatusServiceUnavailable })
	begin = time.Now()
	safe(4).wantProblem(t, 503, "FAILURE_BROKER_UNAVAILABLE")
	if took := time.Since(begin); took > 500*time.Millisecond {
		t.Errorf("the gate took %v", took)
	}

	b.start()
	eventually(t, "a publish after the broker is back", func() bool { return safe(5).status == http.StatusAccepted })
	again := r.stream("/orders")
	if got := safe(6); got.status != http.StatusAccepted {
		t.Errorf("got %d %s", got.status, got.body)
	}
	eventually(t, "a stream after the broker is back", func() bool { return again.event().data == order(6) })
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
	b := embedded(t)
	r := start(t, setup{
		brokers: b.ListenAddrs()[0], operations: ops(operation("orders", post("balanced"))),
		environ: []string{"PENSTOCK_PRODUCE__TIMEOUT=300ms"},
	})
	r.post(order(1))
	release := stallProduce(b)
	defer release()
	r.post(order(2)).wantProblem(t, 504, "FAILURE_OUTCOME_UNKNOWN")
	release()
	eventually(t, "a publish after the stall", func() bool { return r.post(order(3)).status == http.StatusAccepted })
}
