package websocket

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
)

func TestV1(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, func(r *rig) { entrypointstest.PlainIDs(r.op) })
	c := r.connect(t, "", "penstock.v1")
	if got := c.Subprotocol(); got != "penstock.v1" {
		t.Fatalf("subprotocol %q", got)
	}
	rec := entrypointstest.Record(0, `{"n": 1}`)
	rec.Key, rec.Headers = []byte("k"), []core.Header{{Name: "a", Value: []byte("1")}, {Name: "a", Value: []byte("2")}}
	r.stream.Push(rec, entrypointstest.Record(1, "\xff"))
	c.hear(websocket.MessageText, `{"type":"message","id":"orders@0#0","content":{"n": 1},"key":"k","headers":{"a":["1","2"]},`+
		`"metadata":{"topic":"orders","partition":0,"offset":0,"sourceTimestamp":1769860800000}}`)
	c.hear(websocket.MessageText, `{"type":"message","id":"orders@0#1","content":"/w==","encoding":"base64","headers":{},`+
		`"metadata":{"topic":"orders","partition":0,"offset":1,"sourceTimestamp":1769860801000}}`)

	// At level none there is no receipt, but what is wrong is told.
	c.say(websocket.MessageText, `{"type":"publish","content":1}`)
	c.say(websocket.MessageText, `{"type":"nack","id":"x"}`)
	c.hear(websocket.MessageText, `{"type":"problem","title":"Invalid request","status":400,"detail":"this socket has no nack frames: they belong to subscribers at level at-least-once","code":"FAILURE_INVALID_REQUEST"}`)
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
	c.hear(websocket.MessageText, `{"type":"problem","title":"Invalid request","status":400,"detail":"this socket has no ack frames: they belong to subscribers at level at-least-once","code":"FAILURE_INVALID_REQUEST"}`)
	rec := r.sink.Records()[0]
	if string(rec.Value) != `{"n": 1}` || string(rec.Key) != "k" || len(rec.Headers) != 3 || rec.Headers[0].Name != "b" ||
		string(rec.Headers[2].Value) != "2" {
		t.Errorf("record %+v", rec)
	}
	if got := string(r.sink.Records()[1].Value); got != "\xff\x00" {
		t.Errorf("value %q", got)
	}
}

// TestSubprotocolInAnyCase: a client that was told that it speaks penstock.v1 does.
func TestSubprotocolInAnyCase(t *testing.T) {
	r := newRig(t, "", func(r *rig) { r.op.Subscribe = nil })
	c := r.connect(t, "", "Penstock.V1")
	c.send(websocket.MessageText, `{"type":"publish","ref":"a","content":1}`)
	c.hear(websocket.MessageText, `{"type":"receipt","ref":"a","id":"b3JkZXJzQDAjMA==","records":[{"topic":"orders","partition":0,"offset":0,"timestamp":"2026-01-31T12:00:00.000Z"}]}`)
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
	for _, frame := range []struct{ say, want string }{
		{
			`{"type":"publish","ref":"r","content":"?","encoding":"base64"}`,
			`{"type":"problem","ref":"r","title":"Invalid request","status":400,"detail":"content must be base64","code":"FAILURE_INVALID_REQUEST"}`,
		},
		{
			`{"type":"publish","content":1,"headers":{"x-bad":["1"]}}`,
			`{"type":"problem","title":"Invalid message","status":400,"detail":"the message breaks 1 rule of its schema","code":"FAILURE_INVALID_MESSAGE","errors":[{"pointer":"/X-Bad","detail":"is not allowed"}]}`,
		},
		{
			`{"type":"publish","ref":"r","content":"fail"}`,
			`{"type":"problem","ref":"r","title":"Kafka unavailable","status":503,"detail":"Kafka cannot be reached; nothing was read or written","code":"FAILURE_BROKER_UNAVAILABLE"}`,
		},
	} {
		c.say(websocket.MessageText, frame.say)
		c.hear(websocket.MessageText, frame.want)
	}
	if n := len(r.sink.Records()); n != 0 {
		t.Errorf("%d records", n)
	}
}

// TestV1Broken is every frame that ends a socket, because it breaks the subprotocol.
func TestV1Broken(t *testing.T) {
	for _, frame := range []struct{ say, reason string }{
		{"x", "a frame must be a JSON object"},
		{"null", "a frame must be a JSON object"},
		{"{}", "type must be a string"},
		{`{"type":1,"ref":"r"}`, "type must be a string"},
		{`{"type":"publich"}`, "type must be publish, ack or nack"},
		{`{"type":"publish"}`, "content is missing"},
		{`{"type":"publish","ref":1}`, "ref must be a string of at most 256 bytes"},
		{`{"type":"publish","ref":"` + strings.Repeat("r", 300) + `"}`, "ref must be a string of at most 256 bytes"},
		{`{"type":"publish","ref":"r","header":{}}`, `"header" is not one of the members of publish: type, ref, content, encoding, key, headers`},
		{`{"type":"publish","content":1,"key":1}`, "key must be a string"},
		{`{"type":"publish","content":1,"headers":{"a":"b"}}`, "headers must be an object of lists of strings"},
		{`{"type":"publish","content":1,"headers":null}`, "headers must be an object of lists of strings"},
		{`{"type":"publish","content":1,"headers":{"a":null}}`, "headers must be an object of lists of strings"},
		{`{"type":"publish","content":1,"headers":{"a":["b",null]}}`, "headers must be an object of lists of strings"},
		{`{"type":"publish","content":1,"encoding":"hex"}`, `encoding must be "base64"`},
		{`{"type":"publish","content":1,"encoding":"base64"}`, "content must be a string where encoding is base64"},
		{`{"type":"ack"}`, "id must be the id of a message"},
		{`{"type":"nack","id":""}`, "id must be the id of a message"},
		{`{"type":"ack","id":1}`, "id must be the id of a message"},
		{`{"type":"ack","id":"x","ref":"r"}`, `"ref" is not one of the members of ack: type, id`},
	} {
		r := newRig(t, "", func(r *rig) { r.op.Subscribe = nil })
		c := r.connect(t, "", "penstock.v1")
		if breaks("toGateway", frame.say) == nil {
			t.Errorf("%s obeys schema/penstock.v1.json", frame.say)
		}
		c.send(websocket.MessageText, frame.say)
		c.ends(websocket.StatusPolicyViolation, frame.reason)
	}
	r := newRig(t, "", func(r *rig) { r.op.Subscribe = nil })
	c := r.connect(t, "", "penstock.v1")
	c.say(websocket.MessageBinary, `{"type":"publish","content":1}`)
	c.ends(websocket.StatusPolicyViolation, "frames of penstock.v1 are text")
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

func TestLargeIDs(t *testing.T) {
	r := newRig(t, `{"qos":"none"}`, func(r *rig) { entrypointstest.PlainIDs(r.op) })
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
