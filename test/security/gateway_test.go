package security

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/generated/orders"
	"github.com/penstock-dev/penstock/runtime"
)

// gateway is a running gateway that serves specs/orders.yaml.
type gateway struct {
	t    *testing.T
	url  string
	http *http.Client
	log  *lockedBuffer
}

// object is a JSON object.
type object = map[string]any

// start runs a gateway that reaches the broker by a listener. It is stopped with the test.
func start(t *testing.T, l *listener, security object) *gateway {
	t.Helper()
	patch, err := json.Marshal(object{
		"configuration":               object{"bootstrapServers": l.address()},
		"sharedConfigurationOverride": object{"security": security},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "gateway.yaml")
	if err := os.WriteFile(file, []byte(`apis: {"orders": {"endpoints": {"default": `+string(patch)+`}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := runtime.LoadConfig(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Listen.Address, cfg.Admin.Address = "127.0.0.1:0", "127.0.0.1:0"
	cfg.Drain.Delay = 0
	g := &gateway{t: t, http: &http.Client{Transport: &http.Transport{}}, log: &lockedBuffer{}}
	started, done := make(chan string, 1), make(chan error, 1)
	gw, err := runtime.New(cfg, runtime.WithLogger(slog.New(slog.NewTextHandler(g.log, nil))), runtime.WithStarted(func(client, _ string) { started <- client }))
	if err != nil {
		t.Fatal(err)
	}
	if err := orders.Register(gw, orders.Hooks{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { done <- gw.Run(ctx) }()
	t.Cleanup(func() { g.stop(cancel, done) })
	select {
	case address := <-started:
		g.url = "http://" + address
	case err := <-done:
		done <- err
		t.Fatalf("the gateway did not start: %v", err)
	}
	return g
}

func (g *gateway) stop(cancel func(), done chan error) {
	g.http.CloseIdleConnections()
	cancel()
	select {
	case err := <-done:
		if err != nil {
			g.t.Errorf("the gateway ended with %v", err)
		}
	case <-time.After(patience):
		g.t.Error("the gateway did not drain in time")
	}
	for _, secret := range []string{"geheim", alicePassword} {
		if strings.Contains(g.log.String(), secret) {
			g.t.Errorf("the log shows a secret")
		}
	}
	if g.t.Failed() {
		g.t.Logf("log of the gateway:\n%s", g.log)
	}
}

// uniqueOrder gives the id of an order that no other test places.
func uniqueOrder() string { return fmt.Sprintf("T-%08x", rand.Uint32()) }

// post places an order and gives the status and the body of the answer.
func (g *gateway) post(id string) (int, string) {
	g.t.Helper()
	return g.do(http.MethodPost, "/orders", fmt.Sprintf(`{"orderId":%q,"sku":"AB-1234","quantity":1}`, id))
}

func (g *gateway) do(method, path, body string) (int, string) {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, g.url+path, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := g.http.Do(req)
	if err != nil {
		g.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// places wants that an order is accepted.
func (g *gateway) places(id string) {
	g.t.Helper()
	if status, body := g.post(id); status != http.StatusAccepted {
		g.t.Fatalf("got %d %s, want 202", status, body)
	}
}

// stream is an open stream of orders.
type stream struct {
	t      *testing.T
	ids    chan string // closed at the end
	closed func()
}

// watch opens the stream of all orders (server-sent events, level none).
func (g *gateway) watch() *stream {
	g.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.url+"/orders/events", nil)
	if err != nil {
		g.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	resp, err := g.http.Do(req)
	if err != nil {
		cancel()
		g.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(resp.Body)
		cancel()
		g.t.Fatalf("the stream answers %d %s", resp.StatusCode, text)
	}
	s := &stream{t: g.t, ids: make(chan string, 1000)}
	go s.read(resp.Body)
	s.closed = sync.OnceFunc(func() {
		cancel()
		for range s.ids { // until the reader is done
		}
	})
	g.t.Cleanup(s.closed)
	return s
}

func (s *stream) read(body io.ReadCloser) {
	defer close(s.ids)
	defer func() { _ = body.Close() }()
	for lines := bufio.NewScanner(body); lines.Scan(); {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		var order struct {
			OrderID string `json:"orderId"`
		}
		if ok && json.Unmarshal([]byte(data), &order) == nil {
			s.ids <- order.OrderID
		}
	}
}

// wants waits for an order; those of other tests are passed over.
func (s *stream) wants(id string) {
	s.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case got, ok := <-s.ids:
			if !ok {
				s.t.Fatalf("the stream ended before %s", id)
			}
			if got == id {
				return
			}
		case <-deadline:
			s.t.Fatalf("%s did not come", id)
		}
	}
}

// refuses wants that a publish is answered with 503 and that the log tells why.
func (g *gateway) refuses(cause ...string) {
	g.t.Helper()
	status, body := g.post(uniqueOrder())
	var problem struct{ Code string }
	if err := json.Unmarshal([]byte(body), &problem); err != nil || status != http.StatusServiceUnavailable || problem.Code != "FAILURE_BROKER_UNAVAILABLE" {
		g.t.Fatalf("got %d %s, want 503 FAILURE_BROKER_UNAVAILABLE", status, body)
	}
	for _, c := range cause {
		eventually(g.t, "in the log: "+c, func() bool { return strings.Contains(g.log.String(), c) })
		if strings.Contains(body, c) {
			g.t.Errorf("the client is told %q", c)
		}
	}
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(errors.New("never: " + what))
		}
	}
}

// lockedBuffer collects the log. Safe for concurrent use.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
