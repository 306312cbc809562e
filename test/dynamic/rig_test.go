package dynamic

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock-dev/penstock/generator"
	"github.com/penstock-dev/penstock/runtime"
)

// patience bounds everything that a test waits for.
const patience = 30 * time.Second

// gateway is a running gateway that serves one example.
type gateway struct {
	t      *testing.T
	url    string
	broker string
}

// serve runs a gateway for an example, in front of a broker of its own.
func serve(t *testing.T, e *example) *gateway {
	t.Helper()
	topics := append(e.topics(), "orders", "secret")
	slices.Sort(topics)
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, slices.Compact(topics)...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	dir := t.TempDir()
	config := e.write(t, dir, broker.ListenAddrs()[0])
	t.Chdir(dir)
	cfg, err := runtime.LoadConfig(config, nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Listen.Address, cfg.Admin.Address, cfg.Drain.Delay = "127.0.0.1:0", "127.0.0.1:0", 0
	var log lockedBuffer
	started := make(chan string, 1)
	gw, err := runtime.New(cfg, runtime.WithLogger(slog.New(slog.NewTextHandler(&log, nil))),
		runtime.WithStarted(func(client, _ string) { started <- "http://" + client }))
	if err != nil {
		t.Fatal(err)
	}
	for _, api := range mounted(t, e.name) {
		if err := gw.Mount(api); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- gw.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("the gateway ended with %v", err)
			}
		case <-time.After(patience):
			t.Error("the gateway did not drain in time")
		}
		if t.Failed() {
			t.Logf("log of the gateway:\n%s", log.String())
		}
	})
	select {
	case url := <-started:
		return &gateway{t, url, broker.ListenAddrs()[0]}
	case <-time.After(patience):
		t.Fatal("the gateway did not start in time")
	}
	return nil
}

// mounted reads a document as `penstock generate` does, and makes what its generated code would
// mount without hooks.
func mounted(t *testing.T, file string) []runtime.API {
	t.Helper()
	documents, issues := generator.APIs(file)
	for _, issue := range issues {
		if !issue.Warning {
			t.Errorf("%s", issue)
		}
	}
	var apis []runtime.API
	for _, d := range documents {
		api := runtime.API{Name: d.Name, Title: d.Title, Version: d.Version, Source: d.Source}
		for _, descriptor := range d.Descriptors {
			api.Operations = append(api.Operations, runtime.Operation{Descriptor: descriptor})
		}
		apis = append(apis, api)
	}
	return apis
}

// send sends a request and compares the answer.
func (g *gateway) send(x exchange) {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, x.method, g.url+x.target, strings.NewReader(x.body))
	if err != nil {
		g.t.Fatal(err)
	}
	if x.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, header := range x.headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	r.Close = true // no connection is left over
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		g.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	answer := strings.ReplaceAll(string(body), `\"`, `"`)
	if strconv.Itoa(resp.StatusCode) != x.status {
		g.t.Errorf("%s\ngot %d %s", x.line, resp.StatusCode, answer)
	}
	for _, text := range x.texts {
		if !strings.Contains(answer, text) {
			g.t.Errorf("%s\ngot %d %s, without %s", x.line, resp.StatusCode, answer, text)
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
