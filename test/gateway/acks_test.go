package gateway

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
)

// TestAtLeastOnceCommitsWhatIsAcknowledged: the group's position is the first record that is not,
// and who comes back begins there.
func TestAtLeastOnceCommitsWhatIsAcknowledged(t *testing.T) {
	r := startAt(t, endpoint.WebSocket, endpoint.AtLeastOnce, 1)
	r.produce(order(0), order(1), order(2))
	path := "/orders?X-Client-Identifier=" + r.topic
	s := r.dial(path, "penstock.v1")
	var ids []string
	for range 3 {
		id, _ := s.frame("message")["id"].(string)
		ids = append(ids, id)
	}
	s.Send(`{"type":"ack","id":"` + ids[0] + `"}`)
	s.Send(`{"type":"ack","id":"` + ids[2] + `"}`)
	s.Send(`{"type":"ack","id":"` + ids[2] + `"}`)
	if problem := s.frame("problem"); problem["code"] != "FAILURE_INVALID_REQUEST" || problem["id"] != ids[2] {
		t.Errorf("an ack twice: %v", problem)
	}
	_ = s.Conn.CloseNow()
	r.alone(endpoint.WebSocket)
	if at := r.committed(); at != 1 {
		t.Errorf("committed %d, want 1", at)
	}
	again := r.dial(path, "penstock.v1")
	for _, want := range []string{ids[1], ids[2]} {
		if got := again.frame("message")["id"]; got != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

func TestAtLeastOnceNeedsTheSubprotocol(t *testing.T) {
	r := startAt(t, endpoint.WebSocket, endpoint.AtLeastOnce, 1)
	r.Do("GET", "/orders", "", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==").WantProblem(t, 400, "INCOMPATIBLE_QOS")
}

// nackAll gives the next record back as often as it comes, and returns the frame that comes when
// it does no more.
func nackAll(s *socket) (id string, after map[string]any) {
	s.t.Helper()
	for delivery := 1; ; delivery++ {
		frame := s.any()
		if frame["type"] != "message" {
			return id, frame
		}
		if id != "" && frame["id"] != id {
			return id, frame
		}
		id = nack(s, frame, delivery)
	}
}

// nack gives a record back whose delivery is the nth.
func nack(s *socket, frame map[string]any, delivery int) (id string) {
	s.t.Helper()
	id, _ = frame["id"].(string)
	metadata, _ := frame["metadata"].(map[string]any)
	if metadata["delivery"] != float64(delivery) {
		s.t.Errorf("delivery %d is %v", delivery, metadata)
	}
	s.Send(`{"type":"nack","id":"` + id + `"}`)
	return id
}

func TestDeadLetterTopic(t *testing.T) {
	dead := harness.UniqueTopic()
	testDeadLetter(t, dead, dead, "")
}

// TestDeadLetterTopicThatARequestChooses holds that the topic is the connection's, and within what
// requests may choose.
func TestDeadLetterTopicThatARequestChooses(t *testing.T) {
	dead := harness.UniqueTopic()
	r := testDeadLetter(t, "{#request.params['dead']?.[0]}", dead, "&dead="+dead)
	for _, other := range []string{dead + ".other", "__consumer_offsets"} {
		r.Do("GET", "/orders?dead="+other, "", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
			"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Protocol: penstock.v1").WantProblem(t, 403, "FAILURE_NOT_ALLOWED")
	}
}

// testDeadLetter has a record given up on that goes to the topic dead, which a text names.
func testDeadLetter(t *testing.T, text, dead, query string) *rig {
	t.Helper()
	source := harness.UniqueTopic()
	op := operation("orders", websocket("at-least-once", fmt.Sprintf(`"deadLetterTopic":%q`, text)))
	op.Descriptor.Allow = map[string][]string{"producer.topics": {dead}}
	r := start(t, setup{
		topic: source, operations: ops(op),
		config: `apis: { shop: { endpoints: { default: { sharedConfigurationOverride: { consumer: { autoOffsetReset: earliest } } } } } }`,
	})
	harness.CreateTopic(t, r.kafka, dead, 1)
	harness.Produce(r.t, r.kafka, &kgo.Record{Topic: r.topic, Key: []byte("k"), Value: []byte(order(0)), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("1")}}})
	s := r.dial("/orders?X-Client-Identifier="+r.topic+query, "penstock.v1")
	for delivery := 1; delivery <= 5; delivery++ {
		nack(s, s.frame("message"), delivery)
	}
	letter := harness.Records(t, r.brokers, dead, 1)[0]
	r.produce(order(1))
	if after := s.frame("message"); fmt.Sprint(after["content"]) != "map[id:o-1]" {
		t.Fatalf("after the dead letter: %v", after)
	}
	got := fmt.Sprintf("%s %s", letter.Key, letter.Value)
	for _, h := range letter.Headers {
		if h.Key != "penstock-timestamp" {
			got += fmt.Sprintf(" %s=%s", h.Key, h.Value)
		}
	}
	want := "k " + order(0) + " h=1 penstock-topic=" + source + " penstock-partition=0 penstock-offset=0 penstock-deliveries=5"
	if got != want {
		t.Errorf("the dead letter is\n%s\nwant\n%s", got, want)
	}
	harness.Eventually(t, "the commit behind the dead letter", func() bool { return r.committed() == 1 })
	return r
}

func TestDeliveryStopsWithoutADeadLetterTopic(t *testing.T) {
	r := startAt(t, endpoint.WebSocket, endpoint.AtLeastOnce, 1)
	s := r.dial("/orders?X-Client-Identifier="+r.topic, "penstock.v1")
	r.produce(order(0))
	id, after := nackAll(s)
	if after["type"] != "problem" || after["code"] != "FAILURE_DELIVERY_STOPPED" || after["id"] != id {
		t.Errorf("got %v", after)
	}
	if at := r.committed(); at > 0 {
		t.Errorf("committed %d", at)
	}
}

// TestAckCursor: a page is committed when a later request presents its cursor.
func TestAckCursor(t *testing.T) {
	r := startAt(t, endpoint.HTTPGet, endpoint.AtLeastOnce, 1)
	r.produce(order(0), order(1), order(2))
	path := "/orders?limit=2&ack=cursor&X-Client-Identifier=" + r.topic
	one := strings.Replace(path, "limit=2", "limit=1", 1)
	_, next := r.page(path)
	if at := r.committed(); at > 0 {
		t.Errorf("committed %d before the cursor came back", at)
	}
	if contents, again := r.page(path); fmt.Sprint(contents) != "[map[id:o-0] map[id:o-1]]" || again != next {
		t.Errorf("without the cursor: %v, next %q, want the page again", contents, again)
	}
	if contents, _ := r.page(one + "&cursor=" + url.QueryEscape(next)); fmt.Sprint(contents) != "[map[id:o-2]]" {
		t.Errorf("with the cursor: %v", contents)
	}
	if at := r.committed(); at != 2 {
		t.Errorf("committed %d, want what the cursor acknowledged", at)
	}
}
