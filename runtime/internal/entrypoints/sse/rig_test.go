package sse

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is one operation behind sse on a real listener.
type rig struct {
	host     *entrypointstest.Host
	stream   *entrypointstest.Stream
	open     func(qos.Reading) (qos.Stream, error)
	readings []qos.Reading
	op       *entrypoints.Operation
	http2    bool
	server   *httptest.Server
}

// newRig serves GET /events.
func newRig(t *testing.T, config endpoint.JSON, change func(*rig)) *rig {
	t.Helper()
	r := &rig{host: entrypointstest.NewHost(), stream: &entrypointstest.Stream{IDs: true}}
	r.open = func(qos.Reading) (qos.Stream, error) { return r.stream, nil }
	r.op = entrypointstest.Subscriber(func(reading qos.Reading) (qos.Stream, error) {
		r.readings = append(r.readings, reading)
		return r.open(reading)
	})
	if change != nil {
		change(r)
	}
	handler, err := New(&r.host.Host, r.op, endpoint.Entrypoint{Kind: endpoint.SSE, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	serve := r.host.Serve
	if r.http2 {
		serve = r.host.ServeHTTP2
	}
	r.server = serve(t, http.MethodGet, "/events", handler)
	t.Cleanup(r.server.CloseClientConnections)
	return r
}

// client is an open event stream.
type client struct {
	status int
	header http.Header
	body   *bufio.Reader
	leave  context.CancelFunc
}

func (r *rig) connect(t *testing.T, query string, header ...string) *client {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.server.URL+"/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := r.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		leave()
		_ = res.Body.Close()
		r.server.Client().CloseIdleConnections()
	})
	return &client{res.StatusCode, res.Header, bufio.NewReader(res.Body), leave}
}

// event reads one event, up to and with its empty line.
func (c *client) event(t *testing.T) string {
	t.Helper()
	var event strings.Builder
	for {
		line, err := c.body.ReadString('\n')
		event.WriteString(line)
		if err != nil {
			t.Fatalf("%v after %q", err, event.String())
		}
		if line == "\n" {
			return event.String()
		}
	}
}

// rest reads until the stream ends.
func (c *client) rest(t *testing.T) string {
	t.Helper()
	text, err := io.ReadAll(c.body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (c *client) retry(t *testing.T) {
	t.Helper()
	if event := c.event(t); !regexp.MustCompile(`^retry: [1-4][0-9]{3}\n\n$`).MatchString(event) {
		t.Errorf("first event %q", event)
	}
}
