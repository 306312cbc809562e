package websocket

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// The configurations of level at-least-once; the second one has a dead letter topic.
const (
	atLeastOnce = `{"qos":"at-least-once"}`
	withLetters = `{"qos":"at-least-once","deadLetterTopic":"{#properties['dead']}"}`
)

// acknowledging makes a rig one that only subscribes, with plain ids.
func acknowledging(r *rig) {
	r.op.Publish = nil
	entrypointstest.PlainIDs(r.op)
}

// lettered is one whose dead letters go to its sink.
func lettered(r *rig) {
	acknowledging(r)
	entrypointstest.WriteDeadLetters(r.op, "orders.dead", func() (qos.Sink, error) { return r.sink, nil })
}

// message is the frame of a record whose payload is its offset.
func message(offset, delivery int) string {
	return fmt.Sprintf(`{"type":"message","id":"orders@0#%d","content":%d,"headers":{},"metadata":{"topic":"orders","partition":0,"offset":%d,"sourceTimestamp":%d,"delivery":%d}}`,
		offset, offset, offset, entrypointstest.Time(int64(offset)).UnixMilli(), delivery)
}

func idProblem(id, detail string) string {
	return `{"type":"problem","id":"` + id + `","title":"Invalid request","status":400,"detail":"` + detail + `","code":"FAILURE_INVALID_REQUEST"}`
}

// push makes records of the offsets [from,to), as one batch.
func (r *rig) push(from, to int) {
	var records []*core.Record
	for i := from; i < to; i++ {
		records = append(records, entrypointstest.Record(int64(i), fmt.Sprint(i)))
	}
	r.stream.Push(records...)
}

func (c *client) frame(text string) { c.t.Helper(); c.say(websocket.MessageText, text) }
func (c *client) wants(text string) { c.t.Helper(); c.hear(websocket.MessageText, text) }

func TestAck(t *testing.T) {
	r := newRig(t, atLeastOnce, acknowledging)
	c := r.connect(t, "", subprotocol)
	r.push(0, 3)
	for i := range 3 {
		c.wants(message(i, 1))
	}
	c.frame(`{"type":"ack","id":"orders@0#2"}`)
	c.frame(`{"type":"ack","id":"orders@0#0"}`)
	entrypointstest.Eventually(t, "two acknowledgements", func() bool { return strings.Join(r.stream.Acked(), " ") == "2 0" })
	for _, kind := range []string{"ack", "nack"} {
		c.frame(`{"type":"` + kind + `","id":"orders@0#2"}`)
		c.wants(idProblem("orders@0#2", "the message is acknowledged already"))
		c.frame(`{"type":"` + kind + `","id":"orders@0#7"}`)
		c.wants(idProblem("orders@0#7", "no message with this id waits for an acknowledgement"))
	}
	if n := r.stream.Settled(); n != 0 {
		t.Errorf("%d records are settled without an acknowledgement", n)
	}
}

// TestLost: who acknowledges too late is told, and told again.
func TestLost(t *testing.T) {
	r := newRig(t, atLeastOnce, acknowledging)
	c := r.connect(t, "", subprotocol)
	r.push(0, 1)
	c.wants(message(0, 1))
	r.stream.Lose()
	for range 2 {
		c.frame(`{"type":"ack","id":"orders@0#0"}`)
		c.wants(`{"type":"lost","id":"orders@0#0"}`)
	}
}

// TestLostIsNotDeliveredAgain: a record of a partition that was given up is left to its new
// reader, and the client is told.
func TestLostIsNotDeliveredAgain(t *testing.T) {
	r := newRig(t, atLeastOnce, acknowledging)
	c := r.connect(t, "", subprotocol)
	r.push(0, 1)
	c.wants(message(0, 1))
	r.stream.Lose()
	c.frame(`{"type":"nack","id":"orders@0#0"}`)
	c.wants(`{"type":"lost","id":"orders@0#0"}`)

	r = newRig(t, atLeastOnce, func(r *rig) {
		acknowledging(r)
		r.timeout = 20 * time.Millisecond
	})
	c = r.connect(t, "", subprotocol)
	r.stream.Lose()
	r.push(0, 1)
	c.wants(message(0, 1))
	c.wants(`{"type":"lost","id":"orders@0#0"}`)
}

// TestCredits: a client has at most 100 records without an acknowledgement, and gets as many more
// as it acknowledges, in any order.
func TestCredits(t *testing.T) {
	r := newRig(t, atLeastOnce, acknowledging)
	c := r.connect(t, "", subprotocol)
	r.push(0, 150)
	for i := range mostUnacknowledged {
		c.wants(message(i, 1))
	}
	for i := range 50 {
		c.frame(fmt.Sprintf(`{"type":"ack","id":"orders@0#%d"}`, 99-i))
		c.wants(message(mostUnacknowledged+i, 1)) // nothing was sent ahead of it
	}
}

func TestNack(t *testing.T) {
	r := newRig(t, atLeastOnce, acknowledging)
	c := r.connect(t, "", subprotocol)
	r.push(0, 1)
	for delivery := 1; delivery <= mostDeliveries; delivery++ {
		c.wants(message(0, delivery))
		c.frame(`{"type":"nack","id":"orders@0#0"}`)
	}
	c.wants(`{"type":"problem","id":"orders@0#0","title":"Delivery stopped","status":409,"detail":"the message was delivered 5 times without an acknowledgement: its partition gives no more to this socket","code":"FAILURE_DELIVERY_STOPPED"}`)
	if got := strings.Join(r.stream.Halted(), " "); got != "0" {
		t.Errorf("halted at %q", got)
	}
	c.frame(`{"type":"ack","id":"orders@0#0"}`)
	c.wants(idProblem("orders@0#0", "the message was given up on: it was delivered as often as it may be"))
	if got := r.stream.Acked(); len(got) != 0 {
		t.Errorf("settled %q", got)
	}
	if log := r.host.Logged.String(); !strings.Contains(log, "there is no dead letter topic") {
		t.Errorf("the cause is not logged: %s", log)
	}
}

// TestAckTimeout delivers again what a client keeps to itself, and nothing else.
func TestAckTimeout(t *testing.T) {
	r := newRig(t, atLeastOnce, func(r *rig) {
		acknowledging(r)
		r.timeout = 20 * time.Millisecond
	})
	c := r.connect(t, "", subprotocol)
	r.push(0, 2)
	c.wants(message(0, 1))
	c.frame(`{"type":"ack","id":"orders@0#0"}`)
	c.wants(message(1, 1))
	for delivery := 2; delivery <= mostDeliveries; delivery++ {
		c.wants(message(1, delivery))
	}
	c.wants(`{"type":"problem","id":"orders@0#1","title":"Delivery stopped","status":409,"detail":"the message was delivered 5 times without an acknowledgement: its partition gives no more to this socket","code":"FAILURE_DELIVERY_STOPPED"}`)
}

// giveUp refuses the record 0 as often as it may be delivered.
func giveUp(r *rig, c *client) {
	c.t.Helper()
	rec := entrypointstest.Record(0, "0")
	rec.Key, rec.Headers = []byte("k"), []core.Header{{Name: "a", Value: []byte("b")}}
	r.stream.Push(rec)
	for range mostDeliveries {
		if _, _, err := c.Read(c.t.Context()); err != nil {
			c.t.Fatal(err)
		}
		c.frame(`{"type":"nack","id":"orders@0#0"}`)
	}
}

// TestDeadLetter is settled when its receipt is there, and not before.
func TestDeadLetter(t *testing.T) {
	r := newRig(t, withLetters, func(r *rig) {
		lettered(r)
		r.sink.Hold = true
	})
	c := r.connect(t, "", subprotocol)
	giveUp(r, c)
	entrypointstest.Eventually(t, "the dead letter", func() bool { return len(r.sink.Records()) == 1 })
	for _, kind := range []string{"ack", "nack"} {
		c.frame(`{"type":"` + kind + `","id":"orders@0#0"}`)
		c.wants(idProblem("orders@0#0", "the message was given up on: it was delivered as often as it may be"))
	}
	if got := r.stream.Acked(); len(got) != 0 {
		t.Errorf("settled before the receipt: %q", got)
	}
	r.sink.Release()
	entrypointstest.Eventually(t, "the record is settled", func() bool { return len(r.stream.Acked()) == 1 })
	letter := r.sink.Records()[0]
	got := fmt.Sprintf("%s %s %s", letter.Topic, letter.Key, letter.Value)
	for _, h := range letter.Headers {
		got += fmt.Sprintf(" %s=%s", h.Name, h.Value)
	}
	const want = "orders.dead k 0 a=b penstock-topic=orders penstock-partition=0 penstock-offset=0 penstock-timestamp=1769860800000 penstock-deliveries=5"
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if got := r.stream.Halted(); len(got) != 0 {
		t.Errorf("halted at %q", got)
	}
}

// TestDeadLetterNotWritten: a record that is nowhere is not settled.
func TestDeadLetterNotWritten(t *testing.T) {
	for _, c := range []struct {
		name   string
		config endpoint.JSON
		change func(*rig)
	}{
		{"no writer", withLetters, func(r *rig) {
			entrypointstest.WriteDeadLetters(r.op, "orders.dead", func() (qos.Sink, error) { return nil, core.NewError(core.CodeDraining, "") })
		}},
		{"no outcome", withLetters, func(r *rig) {
			r.sink.Fail = func(*core.Record) error { return core.NewError(core.CodeOutcomeUnknown, "") }
		}},
		{"a dead letter", withLetters, func(r *rig) {
			entrypointstest.WriteDeadLetters(r.op, "orders", func() (qos.Sink, error) { return r.sink, nil })
		}},
		{"a topic that is null", withLetters, func(r *rig) {
			entrypointstest.WriteDeadLetters(r.op, "", func() (qos.Sink, error) { return r.sink, nil })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, c.config, func(r *rig) {
				lettered(r)
				c.change(r)
			})
			c := r.connect(t, "", subprotocol)
			giveUp(r, c)
			c.wants(`{"type":"problem","id":"orders@0#0","title":"Delivery stopped","status":409,"detail":"the message was delivered 5 times without an acknowledgement: its partition gives no more to this socket","code":"FAILURE_DELIVERY_STOPPED"}`)
			if len(r.stream.Halted()) != 1 || len(r.stream.Acked()) != 0 || len(r.sink.Records()) != 0 {
				t.Errorf("halted at %q, settled %q, %d dead letters", r.stream.Halted(), r.stream.Acked(), len(r.sink.Records()))
			}
		})
	}
}

// TestAcknowledgingClientThatIsGone leaves everything unsettled, also with a dead letter on its way.
func TestAcknowledgingClientThatIsGone(t *testing.T) {
	r := newRig(t, withLetters, func(r *rig) {
		lettered(r)
		r.sink.Hold = true
	})
	c := r.connect(t, "", subprotocol)
	giveUp(r, c)
	entrypointstest.Eventually(t, "the dead letter", func() bool { return len(r.sink.Records()) == 1 })
	if err := c.CloseNow(); err != nil {
		t.Fatal(err)
	}
	entrypointstest.Eventually(t, "the stream is closed", r.stream.Closed)
	r.sink.Release()
	if got := r.stream.Acked(); len(got) != 0 {
		t.Errorf("settled %q", got)
	}
}

// TestAtLeastOnceNeedsTheSubprotocol, by which clients acknowledge.
func TestAtLeastOnceNeedsTheSubprotocol(t *testing.T) {
	r := newRig(t, atLeastOnce, acknowledging)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.server.URL+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Protocol": "other, mqtt",
	} {
		req.Header.Set(name, value)
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
	const want = `{"type":"about:blank","title":"Incompatible QoS","status":400,"detail":"level at-least-once needs the subprotocol penstock.v1","code":"INCOMPATIBLE_QOS","instance":"/ws"}`
	if res.StatusCode != http.StatusBadRequest || string(body) != want {
		t.Errorf("%d\n got %s\nwant %s", res.StatusCode, body, want)
	}
}

// TestLargeIDsAtAtLeastOnce stand in every frame: a client acknowledges by them.
func TestLargeIDsAtAtLeastOnce(t *testing.T) {
	r := newRig(t, atLeastOnce, acknowledging)
	c := r.connect(t, "", subprotocol)
	c.SetReadLimit(-1)
	topic := strings.Repeat("t", 5000)
	first, second := entrypointstest.Record(0, "1"), entrypointstest.Record(1, "1")
	first.Topic, second.Topic = topic, topic
	r.stream.Push(first, second)
	for i := range 2 {
		_, frame, err := c.Read(t.Context())
		if err != nil || !strings.Contains(string(frame), fmt.Sprintf(`"id":"%s@0#%d"`, topic, i)) {
			t.Errorf("%v %.60s", err, frame)
		}
	}
}
