package websocket

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/coder/websocket"
	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// TestHandshakeRefused is what fails before the upgrade, as a problem.
func TestHandshakeRefused(t *testing.T) {
	const key = "AAAAAAAAAAAAAAAAAAAAAA=="
	good := map[string]string{"Connection": "keep-alive, Upgrade", "Upgrade": "WebSocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}
	for _, c := range []struct {
		name   string
		header map[string]string
		query  string
		change func(*rig)
		status int
		want   string
	}{
		{
			name: "no upgrade", header: map[string]string{"Upgrade": ""}, status: 426,
			want: `{"type":"about:blank","title":"Upgrade required","status":426,"detail":"this path serves a WebSocket, over HTTP/1.1","code":"FAILURE_UPGRADE_REQUIRED","instance":"/ws"}`,
		},
		{
			name: "version", header: map[string]string{"Sec-WebSocket-Version": "8"}, status: 400,
			want: `{"type":"about:blank","title":"Invalid request","status":400,"detail":"Sec-WebSocket-Version must be 13","code":"FAILURE_INVALID_REQUEST","instance":"/ws"}`,
		},
		{
			name: "key", header: map[string]string{"Sec-WebSocket-Key": "x"}, status: 400,
			want: `{"type":"about:blank","title":"Invalid request","status":400,"detail":"Sec-WebSocket-Key must be 16 bytes as base64","code":"FAILURE_INVALID_REQUEST","instance":"/ws"}`,
		},
		{
			name: "no key", header: map[string]string{"Sec-WebSocket-Key": ""}, status: 400,
			want: `{"type":"about:blank","title":"Invalid request","status":400,"detail":"Sec-WebSocket-Key must be there once","code":"FAILURE_INVALID_REQUEST","instance":"/ws"}`,
		},
		{
			name: "origin", header: map[string]string{"Origin": "https://evil.example"}, status: 403,
			want: `{"type":"about:blank","title":"Not allowed","status":403,"detail":"web origin \"https://evil.example\" may not open a WebSocket here","code":"FAILURE_NOT_ALLOWED","instance":"/ws"}`,
		},
		{
			name: "query", query: "?cursor=a;b", status: 400,
			want: `{"type":"about:blank","title":"Invalid request","status":400,"detail":"the query string is malformed: write ; as %3B, # as %23 and % as %25","code":"FAILURE_INVALID_REQUEST","instance":"/ws"}`,
		},
		{
			name: "two cursors", query: "?cursor=a&cursor=a", status: 400,
			want: `{"type":"about:blank","title":"Invalid request","status":400,"detail":"the parameter cursor must be there once","code":"FAILURE_INVALID_REQUEST","instance":"/ws"}`,
		},
		{
			name: "cursor below the log", status: 410,
			change: func(r *rig) { r.openErr = &core.Error{Code: core.CodeCursorGone, Oldest: "orders@0#4"} },
			want:   `{"type":"about:blank","title":"Cursor below the log","status":410,"code":"FAILURE_CURSOR_GONE","instance":"/ws","oldest":"b3JkZXJzQDAjNA=="}`,
		},
		{
			name: "too many streams", status: 503,
			change: func(r *rig) { r.host.Refuse = core.NewError(core.CodeTooManyStreams, "") },
			want:   `{"type":"about:blank","title":"Too many streams","status":503,"detail":"the gateway has as many open streams as it may have","code":"FAILURE_TOO_MANY_STREAMS","instance":"/ws"}`,
		},
		{
			name: "draining", status: 503, change: func(r *rig) { r.host.Drain() },
			want: `{"type":"about:blank","title":"Shutting down","status":503,"detail":"the gateway is shutting down; connect again","code":"FAILURE_DRAINING","instance":"/ws"}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, "", c.change)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.server.URL+"/ws"+c.query, nil)
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range good {
				req.Header.Set(name, value)
			}
			for name, value := range c.header {
				if req.Header.Set(name, value); value == "" {
					req.Header.Del(name)
				}
			}
			res, err := r.server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			if err := res.Body.Close(); err != nil {
				t.Error(err)
			}
			if res.StatusCode != c.status || string(body) != c.want {
				t.Errorf("%d\n got %s\nwant %s", res.StatusCode, body, c.want)
			}
		})
	}
}

// TestUpgradeOverHTTP2: the answer has no header of HTTP/1.1, for which clients would drop it.
func TestUpgradeOverHTTP2(t *testing.T) {
	request := httptest.NewRequest(http.MethodGet, "/ws", nil)
	request.Proto, request.ProtoMajor, request.ProtoMinor = "HTTP/2.0", 2, 0
	c := echo.New().NewContext(request, httptest.NewRecorder())
	want := "FAILURE_UPGRADE_REQUIRED: this path serves a WebSocket, over HTTP/1.1"
	if err := checkHandshake(c); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if h := c.Response().Header(); len(h) != 0 {
		t.Errorf("headers %v", h)
	}
}

func TestNewRefuses(t *testing.T) {
	host := entrypointstest.NewHost()
	publisher, subscriber := entrypointstest.Publisher(nil), entrypointstest.Subscriber(nil)
	for _, c := range []struct {
		op     *entrypoints.Operation
		config endpoint.JSON
		want   string
	}{
		{publisher, `{"subscriber":{"enabled":true}}`, "websocket: the subscriber is enabled, but the operation has no consumer"},
		{subscriber, `{"publisher":{"enabled":true}}`, "websocket: the publisher is enabled, but the operation has no producer"},
		{subscriber, `{"subscriber":{"enabled":false}}`, "websocket: neither publisher nor subscriber is enabled"},
		{subscriber, `{"deadLetterTopic":"orders.dead"}`, "websocket: deadLetterTopic is for a subscriber at level at-least-once"},
		{subscriber, `{"qos":"at-least-once","deadLetterTopic":"orders.dead"}`, "websocket: deadLetterTopic needs an endpoint whose producer is enabled"},
		{subscriber, `{"qos":"exactly-once"}`, `qos of websocket: unknown level "exactly-once"`},
	} {
		_, err := New(&host.Host, c.op, endpoint.Entrypoint{Kind: endpoint.WebSocket, Config: c.config})
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v\nwant %s", err, c.want)
		}
	}
}

// TestPublisherRefused holds that a socket whose publisher cannot be had leaves no stream behind.
func TestPublisherRefused(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, func(r *rig) {
		r.op.Publish.Prepare = func(*exchange.Exchange, endpoint.QoS) (entrypoints.Publication, error) {
			return nil, core.NewError(core.CodeNotAllowed, `producer.topics: "x" is not allowed`)
		}
	})
	_, res, err := websocket.Dial(t.Context(), r.server.URL+"/ws", &websocket.DialOptions{HTTPClient: r.server.Client()})
	if err == nil || res.StatusCode != http.StatusForbidden {
		t.Fatalf("got %v, %v, want 403", res, err)
	}
	entrypointstest.Eventually(t, "the stream is closed", r.stream.Closed)
	entrypointstest.Eventually(t, "its place is free", func() bool { return r.host.Counters.Places.Load() == 0 })
}
