package websocket

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is one operation behind websocket on a real listener, both ways.
type rig struct {
	host    *entrypointstest.Host
	stream  *entrypointstest.Stream
	sink    *entrypointstest.Sink
	openErr error
	reading qos.Reading
	op      *entrypoints.Operation
	ping    time.Duration
	server  *httptest.Server
}

// newRig serves GET /ws.
func newRig(t *testing.T, config endpoint.JSON, change func(*rig)) *rig {
	t.Helper()
	r := &rig{
		host: entrypointstest.NewHost(), stream: &entrypointstest.Stream{IDs: true},
		sink: &entrypointstest.Sink{}, ping: time.Hour,
	}
	r.op = entrypointstest.Subscriber(func(reading qos.Reading) (qos.Stream, error) {
		r.reading = reading
		if r.openErr != nil {
			return nil, r.openErr
		}
		return r.stream, nil
	})
	r.op.Publish = entrypointstest.Publisher(r.sink).Publish
	if change != nil {
		change(r)
	}
	h, err := newHandler(&r.host.Host, r.op, endpoint.Entrypoint{Kind: endpoint.WebSocket, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	h.pingEvery, h.pongWithin = r.ping, r.ping
	r.server = r.host.Serve(t, http.MethodGet, "/ws", h.serve)
	t.Cleanup(func() { r.server.Client().CloseIdleConnections() })
	return r
}

// client is an open WebSocket.
type client struct {
	*websocket.Conn
	t *testing.T
}

func (r *rig) connect(t *testing.T, query string, subprotocols ...string) *client {
	t.Helper()
	conn, res, err := websocket.Dial(t.Context(), r.server.URL+"/ws"+query, &websocket.DialOptions{
		HTTPClient: r.server.Client(), Subprotocols: subprotocols,
	})
	if err != nil {
		t.Fatal(err)
	}
	if res.Body != nil {
		_ = res.Body.Close()
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{conn, t}
}

func (c *client) say(kind websocket.MessageType, text string) {
	c.t.Helper()
	if err := c.Write(c.t.Context(), kind, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) hear(kind websocket.MessageType, want string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 5*time.Second)
	defer cancel()
	got, text, err := c.Read(ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	if got != kind || string(text) != want {
		c.t.Errorf("%s\n got %s\nwant %s", got, text, want)
	}
}

// ends reads the close frame.
func (c *client) ends(code websocket.StatusCode, reason string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 5*time.Second)
	defer cancel()
	_, text, err := c.Read(ctx)
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		c.t.Fatalf("%v, %q", err, text)
	}
	if closed.Code != code || closed.Reason != reason {
		c.t.Errorf("got %d %q\nwant %d %q", closed.Code, closed.Reason, code, reason)
	}
}

func TestPlain(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, nil)
	c := r.connect(t, "?cursor=a+b")
	c.say(websocket.MessageText, "1")
	c.say(websocket.MessageBinary, "\xff")
	c.say(websocket.MessageText, "")
	entrypointstest.Eventually(t, "three records", func() bool { return len(r.sink.Records()) == 3 })
	for i, want := range []string{"1", "\xff", ""} {
		if rec := r.sink.Records()[i]; string(rec.Value) != want || rec.Value == nil {
			t.Errorf("record %d is %q", i, rec.Value)
		}
	}
	tombstone := entrypointstest.Record(3, "")
	tombstone.Value = nil
	r.stream.Push(entrypointstest.Record(0, `{"n":1}`), nil, entrypointstest.Record(2, "plain"), tombstone)
	c.hear(websocket.MessageText, `{"n":1}`)
	c.hear(websocket.MessageBinary, "plain")
	c.hear(websocket.MessageBinary, "")
	entrypointstest.Eventually(t, "four records are settled", func() bool { return r.stream.Settled() == 4 })
	if r.reading.Cursor != "a+b" || r.reading.Kind != endpoint.WebSocket {
		t.Errorf("reading %+v", r.reading)
	}
	if n := r.host.Counters.DeliveredRecords.Load(); n != 3 {
		t.Errorf("counted %d records", n)
	}
	if err := c.Close(websocket.StatusNormalClosure, "bye"); err != nil {
		t.Errorf("close: %v", err)
	}
	entrypointstest.Eventually(t, "the stream is closed and its place given back", func() bool {
		return r.stream.Closed() && r.host.Counters.Places.Load() == 0
	})
	if n := r.host.Counters.PublishedRecords.Load(); n != 3 {
		t.Errorf("counted %d records", n)
	}
}

// TestLostClientFreesItsStream: no close frame, just a connection that is gone.
func TestLostClientFreesItsStream(t *testing.T) {
	r := newRig(t, "", func(r *rig) { r.stream.IDs = false })
	c := r.connect(t, "")
	if err := c.CloseNow(); err != nil {
		t.Fatal(err)
	}
	entrypointstest.Eventually(t, "the stream is closed", r.stream.Closed)
}

func TestV1(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, func(r *rig) { r.op.Publish.EncodeIDs = false })
	c := r.connect(t, "", "penstock.v1")
	if got := c.Subprotocol(); got != "penstock.v1" {
		t.Fatalf("subprotocol %q", got)
	}
	rec := entrypointstest.Record(0, `{"n": 1}`)
	rec.Key, rec.Headers = []byte("k"), []core.Header{{Name: "a", Value: []byte("1")}, {Name: "a", Value: []byte("2")}}
	r.stream.Push(rec, entrypointstest.Record(1, "\xff"))
	c.hear(websocket.MessageText, `{"type":"message","id":"b3JkZXJzQDAjMA==","content":{"n": 1},"key":"k","headers":{"a":["1","2"]},`+
		`"metadata":{"topic":"orders","partition":0,"offset":0,"sourceTimestamp":1769860800000}}`)
	c.hear(websocket.MessageText, `{"type":"message","id":"b3JkZXJzQDAjMQ==","content":"/w==","encoding":"base64","headers":{},`+
		`"metadata":{"topic":"orders","partition":0,"offset":1,"sourceTimestamp":1769860801000}}`)

	// At level none there is no receipt, but what is wrong is told.
	c.say(websocket.MessageText, `{"type":"publish","content":1}`)
	c.say(websocket.MessageText, `{"type":"publish"}`)
	c.hear(websocket.MessageText, `{"type":"problem","title":"Invalid request","status":400,"detail":"content is missing","code":"FAILURE_INVALID_REQUEST"}`)
	if n := len(r.sink.Records()); n != 1 {
		t.Errorf("%d records", n)
	}
}

func TestV1Receipts(t *testing.T) {
	r := newRig(t, "", func(r *rig) {
		r.op.Subscribe = nil
		r.sink.Hold = true
	})
	c := r.connect(t, "", "other", "penstock.v1")
	c.say(websocket.MessageText, `{"type":"publish","ref":"a\"","content":{"n": 1},"key":"k","headers":{"x":["1","2"],"b":["3"]}}`)
	c.say(websocket.MessageText, `{"type":"publish","content":"/wA=","encoding":"base64"}`)
	c.say(websocket.MessageText, `{"type":"ack","id":"x"}`)
	entrypointstest.Eventually(t, "two records", func() bool { return len(r.sink.Records()) == 2 })
	r.sink.Release()
	c.hear(websocket.MessageText, `{"type":"receipt","ref":"a\"","id":"b3JkZXJzQDAjMA==","records":[{"topic":"orders","partition":0,"offset":0,"timestamp":"2026-01-31T12:00:00.000Z"}]}`)
	c.hear(websocket.MessageText, `{"type":"receipt","id":"b3JkZXJzQDAjMQ==","records":[{"topic":"orders","partition":0,"offset":1,"timestamp":"2026-01-31T12:00:01.000Z"}]}`)
	c.hear(websocket.MessageText, `{"type":"problem","title":"Invalid request","status":400,"detail":"level balanced has no ack frames","code":"FAILURE_INVALID_REQUEST"}`)
	rec := r.sink.Records()[0]
	if string(rec.Value) != `{"n": 1}` || string(rec.Key) != "k" || len(rec.Headers) != 3 || rec.Headers[0].Name != "b" ||
		string(rec.Headers[2].Value) != "2" {
		t.Errorf("record %+v", rec)
	}
	if got := string(r.sink.Records()[1].Value); got != "\xff\x00" {
		t.Errorf("value %q", got)
	}
}

// TestV1Problems keep the socket open.
func TestV1Problems(t *testing.T) {
	r := newRig(t, "", func(r *rig) {
		r.op.Subscribe = nil
		r.op.Publish.CheckHeaders = func(h http.Header) []core.Violation {
			if h.Get("X-Bad") != "" {
				return []core.Violation{{Pointer: "/X-Bad", Detail: "is not allowed"}}
			}
			return nil
		}
		r.sink.Fail = func(rec *core.Record) error {
			if string(rec.Value) == `"fail"` {
				return core.Wrap(core.CodeBrokerUnavailable, "produce", errors.New("dial 10.0.0.1"))
			}
			return nil
		}
	})
	c := r.connect(t, "", "penstock.v1")
	invalid := func(ref, detail string) string {
		return `{"type":"problem",` + ref + `"title":"Invalid request","status":400,"detail":"` + detail + `","code":"FAILURE_INVALID_REQUEST"}`
	}
	for _, frame := range []struct{ say, want string }{
		{"x", invalid("", "a frame must be a JSON object")},
		{"null", invalid("", "a frame must be a JSON object")},
		{"{}", invalid("", "type must be a string")},
		{`{"type":1,"ref":"r"}`, invalid(`"ref":"r",`, "type must be a string")},
		{`{"type":"publich"}`, invalid("", "type must be publish, ack or nack")},
		{`{"type":"publish","ref":1}`, invalid("", "ref must be a string of at most 256 bytes")},
		{`{"type":"publish","ref":"` + strings.Repeat("r", 300) + `"}`, invalid("", "ref must be a string of at most 256 bytes")},
		{`{"type":"publish","ref":"r","header":{}}`, invalid(`"ref":"r",`, `\"header\" is no member of a publish frame`)},
		{`{"type":"publish","content":1,"key":1}`, invalid("", "key must be a string")},
		{`{"type":"publish","content":1,"headers":{"a":"b"}}`, invalid("", "headers must be an object of lists of strings")},
		{`{"type":"publish","content":1,"encoding":"hex"}`, invalid("", `encoding must be \"base64\"`)},
		{`{"type":"publish","content":1,"encoding":"base64"}`, invalid("", "content must be a string")},
		{`{"type":"publish","content":"?","encoding":"base64"}`, invalid("", "content must be base64")},
		{
			`{"type":"publish","content":1,"headers":{"x-bad":["1"]}}`,
			`{"type":"problem","title":"Invalid message","status":400,"detail":"the message breaks 1 rule of its schema","code":"FAILURE_INVALID_MESSAGE","errors":[{"pointer":"/X-Bad","detail":"is not allowed"}]}`,
		},
		{
			`{"type":"publish","ref":"r","content":"fail"}`,
			`{"type":"problem","ref":"r","title":"Kafka unavailable","status":503,"detail":"Kafka cannot be reached; nothing was written","code":"FAILURE_BROKER_UNAVAILABLE"}`,
		},
	} {
		c.say(websocket.MessageText, frame.say)
		c.hear(websocket.MessageText, frame.want)
	}
	c.say(websocket.MessageBinary, `{"type":"publish","content":1}`)
	c.hear(websocket.MessageText, invalid("", "frames of penstock.v1 are text"))
	if n := len(r.sink.Records()); n != 0 {
		t.Errorf("%d records", n)
	}
}

func TestV1TextContent(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, func(r *rig) {
		r.op.Publish.Payload.ContentTypes = []string{"text/csv"}
		r.op.Subscribe.Payload.ContentTypes = []string{"text/csv"}
	})
	c := r.connect(t, "", "penstock.v1")
	c.say(websocket.MessageText, `{"type":"publish","content":"a,b\n"}`)
	c.say(websocket.MessageText, `{"type":"publish","content":1}`)
	c.hear(websocket.MessageText, `{"type":"problem","title":"Invalid request","status":400,"detail":"content must be a string","code":"FAILURE_INVALID_REQUEST"}`)
	if got := string(r.sink.Records()[0].Value); got != "a,b\n" {
		t.Errorf("value %q", got)
	}
}

func TestPublisherOnlyAndSubscriberOnly(t *testing.T) {
	r := newRig(t, `{"publisher":{"enabled":false}}`, func(r *rig) { r.stream.IDs = false })
	c := r.connect(t, "", "penstock.v1")
	c.say(websocket.MessageText, `{"type":"publish","content":1}`)
	c.hear(websocket.MessageText, `{"type":"problem","title":"Invalid request","status":400,"detail":"this socket takes no messages","code":"FAILURE_INVALID_REQUEST"}`)
	c = r.connect(t, "")
	c.say(websocket.MessageText, "1")
	c.ends(websocket.StatusPolicyViolation, "this socket takes no messages")

	r = newRig(t, `{"subscriber":{"enabled":false}}`, func(r *rig) { r.openErr = errors.New("opened") })
	c = r.connect(t, "")
	c.say(websocket.MessageText, "1")
	entrypointstest.Eventually(t, "the record", func() bool { return len(r.sink.Records()) == 1 })
}

// TestCloseCodes is every reason for which the gateway closes a socket.
func TestCloseCodes(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*rig)
		v1     bool
		do     func(*rig, *client)
		code   websocket.StatusCode
		reason string
	}{
		{
			name: "not UTF-8", code: 1007, reason: "a text frame must be UTF-8",
			do: func(_ *rig, c *client) { c.say(websocket.MessageText, "\xff") },
		},
		{
			name: "refused by schema", code: 1008, reason: "/n: must be at least 1",
			change: func(r *rig) {
				r.op.Publish.CheckBody = func(body []byte) []core.Violation {
					if string(body) == "0" {
						return []core.Violation{{Pointer: "/n", Detail: "must be at least 1"}}
					}
					return nil
				}
			},
			do: func(_ *rig, c *client) { c.say(websocket.MessageText, "0") },
		},
		{
			name: "refused by hook", code: 1008, reason: strings.Repeat("é", 60) + "…",
			change: func(r *rig) {
				r.op.Publish.Hook = func(context.Context, *http.Request, map[string]string, *core.Record) error {
					return errors.New(strings.Repeat("é", 100))
				}
			},
			do: func(_ *rig, c *client) { c.say(websocket.MessageText, "0") },
		},
		{
			name: "too large", code: 1009, reason: "the message is larger than 1024 bytes",
			do: func(_ *rig, c *client) { c.say(websocket.MessageBinary, strings.Repeat("x", 1<<10+1)) },
		},
		{
			name: "not written", code: 1011, reason: "FAILURE_OUTCOME_UNKNOWN",
			change: func(r *rig) {
				r.sink.Fail = func(*core.Record) error { return core.NewError(core.CodeOutcomeUnknown, "") }
			},
			do: func(_ *rig, c *client) { c.say(websocket.MessageText, "0") },
		},
		{
			name: "stream failed", code: 1011, reason: "FAILURE_BROKER_UNAVAILABLE",
			do: func(r *rig, _ *client) { r.stream.Fail(core.NewError(core.CodeBrokerUnavailable, "")) },
		},
		{
			name: "stream failed", code: 1011, reason: "FAILURE_BROKER_UNAVAILABLE", v1: true,
			do: func(r *rig, c *client) {
				r.stream.Fail(core.NewError(core.CodeBrokerUnavailable, ""))
				c.hear(websocket.MessageText, `{"type":"problem","title":"Kafka unavailable","status":503,"detail":"Kafka cannot be reached; nothing was written","code":"FAILURE_BROKER_UNAVAILABLE"}`)
			},
		},
		{
			name: "drain", code: 1012, reason: "the gateway is shutting down; connect again",
			do: func(r *rig, _ *client) { r.host.Drain() },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, `{"qos":"none"}`, c.change)
			subprotocols := []string{}
			if c.v1 {
				subprotocols = append(subprotocols, subprotocol)
			}
			client := r.connect(t, "", subprotocols...)
			client.say(websocket.MessageText, `{"type":"publish","content":1}`)
			if c.name != "refused by hook" && c.name != "not written" {
				entrypointstest.Eventually(t, "the first record", func() bool { return len(r.sink.Records()) == 1 })
			}
			c.do(r, client)
			client.ends(c.code, c.reason)
			entrypointstest.Eventually(t, "the stream is closed and its place given back", func() bool {
				return r.stream.Closed() && r.host.Counters.Places.Load() == 0
			})
		})
	}
}

// TestMessageOfTheLimit passes.
func TestMessageOfTheLimit(t *testing.T) {
	r := newRig(t, "", func(r *rig) { r.op.Subscribe = nil })
	r.connect(t, "").say(websocket.MessageBinary, strings.Repeat("x", 1<<10))
	entrypointstest.Eventually(t, "the record", func() bool { return len(r.sink.Records()) == 1 })
}

// TestNothingIsPublishedBehindARefusal: the client cannot know which frame was refused, so none
// after it may be in Kafka.
func TestNothingIsPublishedBehindARefusal(t *testing.T) {
	r := newRig(t, "", func(r *rig) {
		r.op.Subscribe = nil
		r.sink.Hold = true
		r.op.Publish.CheckBody = func(body []byte) []core.Violation {
			if string(body) == "bad" {
				return []core.Violation{{Detail: "not JSON"}}
			}
			return nil
		}
	})
	c := r.connect(t, "")
	for _, frame := range []string{"1", "bad", "2"} {
		c.say(websocket.MessageText, frame)
	}
	entrypointstest.Eventually(t, "the first record", func() bool { return len(r.sink.Records()) == 1 })
	if err := c.Ping(c.CloseRead(t.Context())); err != nil { // everything before it was read
		t.Fatal(err)
	}
	r.sink.Release()
	entrypointstest.Eventually(t, "the socket is closed", func() bool { return r.host.Counters.Places.Load() == 0 })
	if n := len(r.sink.Records()); n != 1 {
		t.Errorf("%d records", n)
	}
}

// TestDrainAnswersFirst: what was sent is answered before the socket closes.
func TestDrainAnswersFirst(t *testing.T) {
	r := newRig(t, "", func(r *rig) {
		r.stream.IDs = false
		r.sink.Hold = true
	})
	c := r.connect(t, "", subprotocol)
	c.say(websocket.MessageText, `{"type":"publish","ref":"1","content":1}`)
	entrypointstest.Eventually(t, "the record", func() bool { return len(r.sink.Records()) == 1 })
	r.host.Drain()
	r.sink.Release()
	c.hear(websocket.MessageText, `{"type":"receipt","ref":"1","id":"b3JkZXJzQDAjMA==","records":[{"topic":"orders","partition":0,"offset":0,"timestamp":"2026-01-31T12:00:00.000Z"}]}`)
	c.ends(websocket.StatusServiceRestart, "the gateway is shutting down; connect again")
}

// TestClientThatDoesNotAnswerPings is gone.
func TestClientThatDoesNotAnswerPings(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, func(r *rig) { r.ping = 10 * time.Millisecond })
	r.connect(t, "") // a client answers pings only while it reads
	entrypointstest.Eventually(t, "the stream is closed", r.stream.Closed)

	r = newRig(t, `{"qos":"none"}`, func(r *rig) { r.ping = 20 * time.Millisecond })
	c := r.connect(t, "")
	c.CloseRead(t.Context())
	time.Sleep(100 * time.Millisecond)
	if r.stream.Closed() {
		t.Error("a client that answers pings was closed")
	}
}

// TestClientThatDoesNotRead loses its socket, unsettled.
func TestClientThatDoesNotRead(t *testing.T) {
	r := newRig(t, "", func(r *rig) {
		r.stream.IDs = false
		r.host.Limits.WriteStall = 50 * time.Millisecond
	})
	r.connect(t, "")
	large := strings.Repeat("x", 1<<20)
	for i := range 64 {
		r.stream.Push(entrypointstest.Record(int64(i), large))
	}
	entrypointstest.Eventually(t, "the stream is closed", r.stream.Closed)
	if n := r.stream.Settled(); n >= 64 {
		t.Errorf("%d records are settled", n)
	}
}

func TestLargeIDs(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, func(r *rig) { r.op.Subscribe.EncodeIDs = false })
	c := r.connect(t, "", subprotocol)
	c.SetReadLimit(-1)
	topic := strings.Repeat("t", 5000)
	record := func(offset int64) *core.Record {
		rec := entrypointstest.Record(offset, "1")
		rec.Topic = topic
		return rec
	}
	want := func(id string, offset, ms string) string {
		return `{"type":"message",` + id + `"content":1,"headers":{},"metadata":{"topic":"` + topic + `","partition":0,"offset":` + offset + `,"sourceTimestamp":` + ms + `}}`
	}
	r.stream.Push(record(0), record(1))
	c.hear(websocket.MessageText, want("", "0", "1769860800000"))
	c.hear(websocket.MessageText, want(`"id":"`+topic+`@0#1",`, "1", "1769860801000"))
	r.stream.Push(record(2))
	c.hear(websocket.MessageText, want("", "2", "1769860802000"))
}

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
		{subscriber, `{"qos":"at-least-once"}`, `qos of websocket: level "at-least-once" is not served`},
	} {
		_, err := New(&host.Host, c.op, endpoint.Entrypoint{Kind: endpoint.WebSocket, Config: c.config})
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v\nwant %s", err, c.want)
		}
	}
}
