package sse

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
)

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

// TestLargeIDs are events of their own, which set the last event id and nothing else.
func TestLargeIDs(t *testing.T) {
	topic := strings.Repeat("t", 5000)
	r := newRig(t, `{"qos":"none"}`, func(r *rig) { entrypointstest.PlainIDs(r.op) })
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
	push(2)
	events := 0
	for { // the id of #1 is held back, unless this took longer than that
		got := c.event(t)
		if got == "id: "+topic+"@0#2\n\n" {
			break
		}
		if got == "event: orderPlaced\ndata: 1\n\n" {
			events++
		} else if got != "id: "+topic+"@0#1\n\n" {
			t.Fatalf("got %.60q", got)
		}
	}
	if events != 2 {
		t.Errorf("%d events, want 2", events)
	}
}
