package sse

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// TestGap: a cursor below the log is told and the stream goes on from the oldest record, even
// when that goes while the stream opens.
func TestGap(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, func(r *rig) {
		r.open = func(qos.Reading) (qos.Stream, error) {
			switch len(r.readings) {
			case 1:
				return nil, &core.Error{Code: core.CodeCursorGone, Oldest: "orders@0#4"}
			case 2:
				return nil, &core.Error{Code: core.CodeCursorGone, Oldest: "orders@0#5"}
			}
			return r.stream, nil
		}
	})
	c := r.connect(t, "", "Last-Event-ID", `x"`)
	c.retry(t)
	want := "id: b3JkZXJzQDAjNQ==\nevent: gap\ndata: {\"requested\":\"x\\\"\",\"oldest\":\"b3JkZXJzQDAjNQ==\"}\n\n"
	if got := c.event(t); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if got := r.readings[2].Cursor; got != "b3JkZXJzQDAjNQ==" {
		t.Errorf("cursor %q", got)
	}
}

func TestLogThatVanishes(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, func(r *rig) {
		r.open = func(qos.Reading) (qos.Stream, error) {
			return nil, &core.Error{Code: core.CodeCursorGone, Oldest: "orders@0#4"}
		}
	})
	c := r.connect(t, "?cursor=x")
	c.retry(t)
	want := "event: error\ndata: {\"type\":\"about:blank\",\"title\":\"Kafka did not answer in time\",\"status\":504," +
		"\"detail\":\"Kafka did not answer in time\",\"code\":\"FAILURE_READ_TIMEOUT\"}\n\n"
	if got := c.rest(t); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

const goaway = "event: goaway\ndata: {\"type\":\"about:blank\",\"title\":\"Shutting down\",\"status\":503," +
	"\"detail\":\"the gateway is shutting down; connect again\",\"code\":\"FAILURE_DRAINING\"}\n\n"

func TestGoaway(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, nil)
	c := r.connect(t, "")
	c.retry(t)
	r.host.Drain()
	if got := c.rest(t); got != goaway {
		t.Errorf("got %q\nwant %q", got, goaway)
	}
	entrypointstest.Eventually(t, "the stream is closed", r.stream.Closed)
	late := r.connect(t, "")
	late.retry(t)
	if got := late.rest(t); late.status != http.StatusOK || got != goaway {
		t.Errorf("%d %q", late.status, got)
	}
	r.host.Refuse = core.NewError(core.CodeDraining, "")
	late = r.connect(t, "")
	late.retry(t)
	if got := late.rest(t); late.status != http.StatusOK || got != goaway {
		t.Errorf("%d %q", late.status, got)
	}
}

// TestTransientTrouble is 200 and an event, because an EventSource never tries again after any
// other status; records that came before the trouble are delivered.
func TestTransientTrouble(t *testing.T) {
	const brokerAway = "event: error\ndata: {\"type\":\"about:blank\",\"title\":\"Kafka unavailable\",\"status\":503," +
		"\"detail\":\"Kafka cannot be reached; nothing was read or written\",\"code\":\"FAILURE_BROKER_UNAVAILABLE\"}\n\n"
	away := core.Wrap(core.CodeBrokerUnavailable, "fetch", errors.New("dial 10.0.0.1"))
	r := newRig(t, `{"qos":"none"}`, func(r *rig) {
		r.open = func(qos.Reading) (qos.Stream, error) { return nil, away }
	})
	c := r.connect(t, "")
	c.retry(t)
	if got := c.rest(t); c.status != http.StatusOK || got != brokerAway {
		t.Errorf("%d %q", c.status, got)
	}
	r = newRig(t, `{"qos":"none"}`, nil)
	c = r.connect(t, "")
	c.retry(t)
	r.stream.Push(entrypointstest.Record(0, "1"))
	c.event(t)
	r.stream.Fail(away)
	if got := c.rest(t); got != brokerAway {
		t.Errorf("got %q", got)
	}
	const line = `msg="stream ended" api=shop operation=watchOrders code=FAILURE_BROKER_UNAVAILABLE error="fetch: FAILURE_BROKER_UNAVAILABLE: dial 10.0.0.1"`
	if log := r.host.Logged.String(); !strings.Contains(log, line) {
		t.Errorf("not logged: %s\nin %s", line, log)
	}
}

// TestClientLeavesWhileItsStreamOpens: that Kafka was still being asked is nobody's failure. No line
// says so, and the request is counted as one whose client left.
func TestClientLeavesWhileItsStreamOpens(t *testing.T) {
	opening, served := make(chan struct{}), make(chan int, 1)
	host := entrypointstest.NewHost()
	op := entrypointstest.Subscriber(nil)
	op.Subscribe.Open = func(ctx context.Context, _ *exchange.Exchange, _ qos.Reading) (*entrypoints.Opened, error) {
		close(opening)
		<-ctx.Done()
		return nil, core.Wrap(core.CodeReadTimeout, "list offsets", ctx.Err())
	}
	handler, err := New(&host.Host, op, endpoint.Entrypoint{Kind: endpoint.SSE, Config: `{"qos":"none"}`})
	if err != nil {
		t.Fatal(err)
	}
	server := host.Serve(t, http.MethodGet, "/events", func(c echo.Context) error {
		if err := handler(c); err != nil {
			c.Error(err)
		}
		served <- c.Response().Status
		return nil
	})
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-opening
		leave()
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := server.Client().Do(req); err == nil {
		_ = res.Body.Close()
		t.Fatalf("answered %d", res.StatusCode)
	}
	if status := <-served; status != 499 {
		t.Errorf("status %d, not 499", status)
	}
	if log := host.Logged.String(); strings.Contains(log, "level=WARN") {
		t.Errorf("logged: %s", log)
	}
}

// TestRefused is what stays a status.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		query  string
		accept string
		change func(*rig)
		status int
		want   string
	}{
		{
			name: "accept", accept: "application/json", status: 406,
			want: `{"type":"about:blank","title":"Not acceptable","status":406,"detail":"the answer can be text/event-stream, Accept is \"application/json\"","code":"FAILURE_NOT_ACCEPTABLE","instance":"/events"}`,
		},
		{
			name: "query", query: "?a=%zz", status: 400,
			want: `{"type":"about:blank","title":"Invalid request","status":400,"detail":"the query string is malformed: write ; as %3B, # as %23 and % as %25","code":"FAILURE_INVALID_REQUEST","instance":"/events"}`,
		},
		{
			name: "cursor", query: "?cursor=x", status: 400,
			change: func(r *rig) {
				r.open = func(qos.Reading) (qos.Stream, error) { return nil, core.NewError(core.CodeInvalidCursor, "malformed") }
			},
			want: `{"type":"about:blank","title":"Invalid cursor","status":400,"detail":"malformed","code":"FAILURE_INVALID_CURSOR","instance":"/events"}`,
		},
		{
			name: "too many streams", status: 503,
			change: func(r *rig) { r.host.Refuse = &core.Error{Code: core.CodeTooManyStreams, RetryAfter: 5} },
			want:   `{"type":"about:blank","title":"Too many streams","status":503,"detail":"the gateway has as many open streams as it may have","code":"FAILURE_TOO_MANY_STREAMS","instance":"/events"}`,
		},
		{
			name: "topic", status: 404,
			change: func(r *rig) {
				r.open = func(qos.Reading) (qos.Stream, error) {
					return nil, core.NewError(core.CodeTopicNotFound, `topic "orders" does not exist`)
				}
			},
			want: `{"type":"about:blank","title":"Topic not found","status":404,"detail":"topic \"orders\" does not exist","code":"FAILURE_TOPIC_NOT_FOUND","instance":"/events"}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, "", c.change)
			got := r.connect(t, c.query, "Accept", c.accept)
			if body := got.rest(t); got.status != c.status || body != c.want {
				t.Errorf("%d\n got %s\nwant %s", got.status, body, c.want)
			}
			if (c.status == 503) != (got.header.Get("Retry-After") == "5") {
				t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
			}
		})
	}
}

// TestClientThatDoesNotRead loses its stream, unsettled.
func TestClientThatDoesNotRead(t *testing.T) {
	r := newRig(t, "", func(r *rig) {
		r.stream.IDs = false
		r.host.Limits.WriteStall = 50 * time.Millisecond
	})
	r.connect(t, "")
	large := strings.Repeat("x", 1<<20)
	for i := range 64 { // more than the buffers of a socket
		r.stream.Push(entrypointstest.Record(int64(i), large))
	}
	entrypointstest.Eventually(t, "the stream is closed", r.stream.Closed)
	if n := r.stream.Settled(); n >= 64 {
		t.Errorf("%d records are settled", n)
	}
}

func TestNewRefuses(t *testing.T) {
	host := entrypointstest.NewHost()
	op := entrypointstest.Subscriber(nil)
	broken := entrypointstest.Subscriber(nil)
	broken.Subscribe.EventName = "a\nb"
	for _, c := range []struct {
		op     *entrypoints.Operation
		config endpoint.JSON
		want   string
	}{
		{&entrypoints.Operation{}, "", "sse: the operation has no consumer"},
		{op, `{"heartbeatIntervalInMs":0}`, "sse: heartbeatIntervalInMs 0 must be 1 or more"},
		{op, `{"qos":"exactly-once"}`, `qos of sse: unknown level "exactly-once"`},
		{broken, "", `sse: event name "a\nb" has a line break`},
	} {
		_, err := New(&host.Host, c.op, endpoint.Entrypoint{Kind: endpoint.SSE, Config: c.config})
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v\nwant %s", err, c.want)
		}
	}
}
