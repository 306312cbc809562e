package sse

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
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

func TestEvents(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, nil)
	c := r.connect(t, "", "Accept", "text/event-stream")
	for name, value := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"} {
		if got := c.header.Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	c.retry(t)
	r.stream.Push(entrypointstest.Record(0, `{"n":1}`), nil, entrypointstest.Record(2, "a\nb\r\nc\rd\n"))
	for _, want := range []string{
		"id: b3JkZXJzQDAjMA==\nevent: orderPlaced\ndata: {\"n\":1}\n\n",
		"id: b3JkZXJzQDAjMg==\nevent: orderPlaced\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n",
	} {
		if got := c.event(t); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	entrypointstest.Eventually(t, "three records are settled", func() bool { return r.stream.Settled() == 3 })
	if n, size := r.host.Counters.DeliveredRecords.Load(), r.host.Counters.DeliveredBytes.Load(); n != 2 || size != 16 {
		t.Errorf("counted %d records, %d bytes", n, size)
	}
	c.leave()
	entrypointstest.Eventually(t, "the stream is closed and its place given back", func() bool {
		return r.stream.Closed() && r.host.Counters.Places.Load() == 0
	})
}

// TestHTTP2: a deadline left behind would end a stream that is silent.
func TestHTTP2(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, func(r *rig) {
		r.http2, r.host.Limits.WriteStall = true, 20*time.Millisecond
	})
	c := r.connect(t, "")
	c.retry(t)
	for i := range 2 {
		time.Sleep(60 * time.Millisecond)
		r.stream.Push(entrypointstest.Record(int64(i), "1"))
		if got := c.event(t); !strings.HasSuffix(got, "data: 1\n\n") {
			t.Errorf("got %q", got)
		}
	}
	c.leave()
	entrypointstest.Eventually(t, "the stream is closed", r.stream.Closed)
}

func TestBalancedHasNoIDs(t *testing.T) {
	r := newRig(t, "", func(r *rig) {
		r.stream.IDs = false
		r.op.Subscribe.EventName = ""
	})
	c := r.connect(t, "?X-Gravitee-Client-Identifier=till-7", "X-Client-Identifier", "till-7")
	if got := c.header.Get("X-Client-Identifier"); got != "till-7" {
		t.Errorf("client identifier %q", got)
	}
	c.retry(t)
	r.stream.Push(entrypointstest.Record(0, "1"))
	if got, want := c.event(t), "event: message\ndata: 1\n\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if group := r.readings[0].Group; !regexp.MustCompile(`^shop\.watchOrders\.[0-9a-f]{16}\.till-7$`).MatchString(group) {
		t.Errorf("group %q", group)
	}
}

func TestComments(t *testing.T) {
	r := newRig(t, `{"qos":"none","metadataAsComment":true,"headersAsComment":true}`, nil)
	c := r.connect(t, "")
	c.retry(t)
	rec := entrypointstest.Record(0, "\xff\x00")
	rec.Key = []byte("k\r\nid: 7")
	rec.Headers = []core.Header{{Name: "a", Value: []byte("1")}, {Name: "b", Value: []byte("\n\ndata: x\xff")}, {Name: "a", Value: []byte("2")}}
	tombstone := entrypointstest.Record(1, "")
	tombstone.Value = nil
	r.stream.Push(rec, tombstone)
	want := "id: b3JkZXJzQDAjMA==\nevent: orderPlaced\n: encoding base64\ndata: /wA=\n" +
		":topic: orders\n:partition: 0\n:offset: 0\n:sourceTimestamp: 1769860800000\n:key: k\\r\\nid: 7\n" +
		":a: 1,2\n:b: \\n\\ndata: x\ufffd\n\n"
	if got := c.event(t); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	want = "id: b3JkZXJzQDAjMQ==\nevent: orderPlaced\ndata: null\n" +
		":topic: orders\n:partition: 0\n:offset: 1\n:sourceTimestamp: 1769860801000\n\n"
	if got := c.event(t); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestHeartbeat(t *testing.T) {
	r := newRig(t, `{"qos":"none","heartbeatIntervalInMs":10}`, nil)
	c := r.connect(t, "")
	c.retry(t)
	for range 3 {
		if got := c.event(t); got != ":\n\n" {
			t.Errorf("got %q", got)
		}
	}
}

func TestLastEventIDBeatsTheCursor(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, nil)
	r.connect(t, "?cursor=a+b", "Last-Event-ID", "b3JkZXJzQDAjMA==").retry(t)
	r.connect(t, "?cursor=a+b").retry(t)
	if len(r.readings) != 2 || r.readings[0].Cursor != "b3JkZXJzQDAjMA==" || r.readings[1].Cursor != "a+b" {
		t.Errorf("readings %+v", r.readings)
	}
}

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
		"\"detail\":\"Kafka cannot be reached; nothing was written\",\"code\":\"FAILURE_BROKER_UNAVAILABLE\"}\n\n"
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
	if log := r.host.Logged.String(); !strings.Contains(log, "dial 10.0.0.1") {
		t.Errorf("the cause is not logged: %s", log)
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

// TestLargeIDs are events of their own, which set the last event id and nothing else.
func TestLargeIDs(t *testing.T) {
	topic := strings.Repeat("t", 5000)
	r := newRig(t, `{"qos":"none"}`, func(r *rig) { r.op.Subscribe.EncodeIDs = false })
	c := r.connect(t, "")
	c.retry(t)
	push := func(offset int64) {
		rec := entrypointstest.Record(offset, "1")
		rec.Topic = topic
		r.stream.Push(rec)
	}
	hear := func(want string) {
		t.Helper()
		if got := c.event(t); got != want {
			t.Errorf("got %.60q, want %.60q", got, want)
		}
	}
	push(0)
	hear("event: orderPlaced\ndata: 1\n\n")
	hear("id: " + topic + "@0#0\n\n")
	push(1)
	hear("event: orderPlaced\ndata: 1\n\n")
	push(2)
	hear("event: orderPlaced\ndata: 1\n\n")
	hear("id: " + topic + "@0#2\n\n") // the one of #1 was held back
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
		{op, `{"qos":"at-most-once"}`, `qos of sse: level "at-most-once" is not served`},
		{broken, "", `sse: event name "a\nb" has a line break`},
	} {
		_, err := New(&host.Host, c.op, endpoint.Entrypoint{Kind: endpoint.SSE, Config: c.config})
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v\nwant %s", err, c.want)
		}
	}
}
