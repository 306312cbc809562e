package gateway

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	ws "github.com/coder/websocket"
	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/test/harness"
)

func TestDrainDuringStreams(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", everyEntrypoint("none")...))})
	s := r.Stream("/orders")
	plain, v1 := r.dial("/orders", ""), r.dial("/orders", "penstock.v1")
	r.post(order(1))
	s.WantData(order(1))
	plain.want(ws.MessageText, order(1))
	v1.frame("message")

	stopped := make(chan error, 1)
	go func() { stopped <- r.gateway.Stop() }()
	rest := s.Ended()
	if len(rest) == 0 || rest[len(rest)-1].Name != "goaway" {
		t.Errorf("the stream ended with %+v, want goaway", rest)
	}
	for _, socket := range []*socket{plain, v1} {
		_, _, err := socket.Receive()
		if code := ws.CloseStatus(err); code != ws.StatusServiceRestart && code != ws.StatusTryAgainLater {
			t.Errorf("closed by %v", err)
		}
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestDrainIsNotReadyFirst(t *testing.T) {
	r := start(t, setup{delay: 10 * time.Second}) // long enough for a slow machine to look
	if status, text := r.adminGet("/readyz"); status != 200 || text != "ready\n" {
		t.Fatalf("got %d %q", status, text)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- r.gateway.Stop() }()
	harness.Eventually(t, "not ready", func() bool {
		status, text := r.adminGet("/readyz")
		return status == 503 && text == "draining\n"
	})
	if status, _ := r.adminGet("/livez"); status != 200 {
		t.Errorf("/livez is %d", status)
	}
	if got := r.post(order(1)); got.Status != 202 {
		t.Errorf("during the delay requests are served: got %d %s", got.Status, got.Body)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// entered gives middleware and a channel that is closed when the first request is there.
func entered() (echo.MiddlewareFunc, <-chan struct{}) {
	there := make(chan struct{})
	once := sync.OnceFunc(func() { close(there) })
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			once()
			return next(c)
		}
	}, there
}

// TestDrainFinishesRequests holds a body back until the drain has begun.
func TestDrainFinishesRequests(t *testing.T) {
	mw, there := entered()
	r := start(t, setup{operations: ops(operation("orders", post("balanced"))), use: func(gw *runtime.Gateway) { gw.Use("shop", mw) }})
	body, feed := io.Pipe()
	req, err := http.NewRequest(http.MethodPost, r.URL+"/orders", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	type result struct {
		status int
		err    error
	}
	results := make(chan result, 1)
	go func() {
		response, err := r.HTTP.Do(req)
		if err != nil {
			results <- result{0, err}
			return
		}
		_ = response.Body.Close()
		results <- result{response.StatusCode, nil}
	}()
	if _, err := io.WriteString(feed, `{"id":`); err != nil {
		t.Fatal(err)
	}
	<-there
	stopped := make(chan error, 1)
	go func() { stopped <- r.gateway.Stop() }()
	harness.Eventually(t, "the drain", func() bool { return strings.Contains(r.log.String(), "msg=draining") })
	if _, err := io.WriteString(feed, `"a"}`); err != nil {
		t.Fatal(err)
	}
	_ = feed.Close()
	if got := <-results; got.err != nil || got.status != http.StatusAccepted {
		t.Errorf("got %d, %v", got.status, got.err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestDrainIsBounded(t *testing.T) {
	mw, there := entered()
	r := start(t, setup{
		operations: ops(operation("orders", post("balanced"))), environ: []string{"PENSTOCK_DRAIN__TIMEOUT=200ms"},
		use: func(gw *runtime.Gateway) { gw.Use("shop", mw) },
	})
	body, feed := io.Pipe()
	defer func() { _ = feed.Close() }()
	req, err := http.NewRequest(http.MethodPost, r.URL+"/orders", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	done := make(chan struct{})
	go func() {
		defer close(done)
		if response, err := r.HTTP.Do(req); err == nil {
			_ = response.Body.Close()
		}
	}()
	if _, err := io.WriteString(feed, `{`); err != nil {
		t.Fatal(err)
	}
	<-there
	begin := time.Now()
	err = r.gateway.Stop()
	if err == nil || !strings.HasPrefix(err.Error(), "drain: requests were cut off: ") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begin); took >= 30*time.Second { // the default of drain.timeout
		t.Errorf("took %v", took)
	}
	_ = feed.Close()
	<-done
}

// TestDrainCommits delivers to a group, drains at once and starts again: nothing comes twice.
func TestDrainCommits(t *testing.T) {
	address, topic := harness.Broker(t), harness.UniqueTopic()
	earliest := `apis: { shop: { endpoints: { default: { sharedConfigurationOverride: { consumer: { autoOffsetReset: earliest } } } } } }`
	options := setup{brokers: address, topic: topic, config: earliest, operations: ops(operation("orders", sse("balanced")))}
	r := start(t, options)
	r.produce(order(0), order(1))
	r.Stream("/orders").WantData(order(0), order(1))
	if err := r.gateway.Stop(); err != nil {
		t.Fatal(err)
	}
	options.partitions = -1
	options.operations = ops(operation("orders", sse("balanced")))
	again := start(t, options)
	again.produce(order(2))
	again.Stream("/orders").WantData(order(2))
}

func TestNDJSONDuringDrain(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", post("balanced")))})
	body, feed := io.Pipe()
	defer func() { _ = feed.Close() }()
	req, err := http.NewRequest(http.MethodPost, r.URL+"/orders", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	response, err := r.HTTP.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answers := bufio.NewReader(response.Body)
	if _, err := io.WriteString(feed, order(1)+"\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, `"offset":0`) {
		t.Fatalf("full duplex: got %q, %v", line, err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- r.gateway.Stop() }()
	rest, err := io.ReadAll(answers)
	if err != nil || !strings.Contains(string(rest), "FAILURE_DRAINING") {
		t.Errorf("got %q, %v", rest, err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}
