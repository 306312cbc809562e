package websocket

import (
	"errors"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
)

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

// TestMessageOfTheLimit passes.
func TestMessageOfTheLimit(t *testing.T) {
	r := newRig(t, "", func(r *rig) { r.op.Subscribe = nil })
	r.connect(t, "").say(websocket.MessageBinary, strings.Repeat("x", 1<<10))
	entrypointstest.Eventually(t, "the record", func() bool { return len(r.sink.Records()) == 1 })
}
