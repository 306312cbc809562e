package websocket

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
)

// TestLostClientFreesItsStream: no close frame, just a connection that is gone.
func TestLostClientFreesItsStream(t *testing.T) {
	r := newRig(t, "", func(r *rig) { r.stream.IDs = false })
	c := r.connect(t, "")
	if err := c.CloseNow(); err != nil {
		t.Fatal(err)
	}
	entrypointstest.Eventually(t, "the stream is closed", r.stream.Closed)
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
			name: "not JSON", code: 1008, reason: "the message is not JSON: the text is empty",
			change: func(r *rig) {
				r.op.Publish.CheckBody = func(body []byte) []core.Violation {
					if string(body) == "0" {
						return []core.Violation{{Detail: "not JSON: the text is empty"}}
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
				c.hear(websocket.MessageText, `{"type":"problem","title":"Kafka unavailable","status":503,"detail":"Kafka cannot be reached; nothing was read or written","code":"FAILURE_BROKER_UNAVAILABLE"}`)
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
