package gateway

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/test/harness"
)

// decoded is the plain text of a message id.
func decoded(t testing.TB, id string) string {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(id)
	if err != nil {
		t.Fatalf("id %q: %v", id, err)
	}
	return string(text)
}

func TestPostToSSE(t *testing.T) {
	r := start(t, setup{})
	s := r.Stream("/orders")
	if got := s.Header.Get("Cache-Control"); !strings.Contains(got, "no-") {
		t.Errorf("Cache-Control is %q", got)
	}
	for i := range 3 {
		r.post(order(i))
	}
	last := s.WantData(order(0), order(1), order(2))
	if last.Name != "Order" || decoded(t, last.ID) != r.topic+"@0#2" {
		t.Errorf("got event %q, id %q", last.Name, decoded(t, last.ID))
	}
}

func TestSSEResumes(t *testing.T) {
	r := start(t, setup{})
	for i := range 5 {
		r.produce(order(i))
	}
	id := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s@0#1", r.topic))
	byHeader := r.Stream("/orders", "Last-Event-ID: "+id)
	byQuery := r.Stream("/orders?cursor=" + strings.TrimRight(id, "="))
	r.produce(order(5))
	for _, s := range []*harness.Stream{byHeader, byQuery} {
		s.WantData(order(2), order(3), order(4), order(5))
	}
	behindHub := r.Stream("/orders")
	r.produce(order(6))
	behindHub.WantData(order(6))
	byHeader.WantData(order(6))
}

func TestSSEPayloads(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", sse("none", `"metadataAsComment":true`, `"headersAsComment":true`)))})
	s := r.Stream("/orders")
	r.produce("one\ntwo\r\nthree")
	s.WantData("one\ntwo\nthree")
	harness.Produce(r.t, r.kafka, &kgo.Record{Topic: r.topic, Key: []byte("k"), Value: []byte{0xff, 0xfe}, Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("v")}}})
	binary := s.WantData(base64.StdEncoding.EncodeToString([]byte{0xff, 0xfe}))
	comments := strings.Join(binary.Comments, "|")
	for _, want := range []string{"encoding base64", "key: k", "h: v", "sourceTimestamp: "} {
		if !strings.Contains(comments, want) {
			t.Errorf("comment %q is missing from %q", want, comments)
		}
	}
	harness.Produce(r.t, r.kafka, &kgo.Record{Topic: r.topic, Key: []byte("k")})
	s.WantData("null")
	r.produce("")
	s.WantData("")
}

func TestSSERefusals(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", sse("none")))})
	r.produce(order(1))
	for name, cursor := range map[string]string{
		"malformed": "nonsense", "other topic": base64.StdEncoding.EncodeToString([]byte("other@0#0")),
		"beyond the end": base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s@0#99", r.topic)),
	} {
		t.Run(name, func(t *testing.T) {
			r.Do("GET", "/orders", "", "Accept: text/event-stream", "Last-Event-ID: "+cursor).WantProblem(t, 400, "FAILURE_INVALID_CURSOR")
		})
	}
	r.Do("GET", "/orders?cursor=a;b", "", "Accept: text/event-stream").WantProblem(t, 400, "FAILURE_INVALID_REQUEST")
	r.Do("GET", "/orders", "", "Accept: application/json").WantProblem(t, 406, "FAILURE_NOT_ACCEPTABLE")
	r.Do("GET", "/orders", "", "Accept: text/event-stream", "X-Client-Identifier: a b").WantProblem(t, 400, "FAILURE_INVALID_REQUEST")
}

func TestSSEBalanced(t *testing.T) {
	earliest := `apis: { shop: { endpoints: { default: { sharedConfigurationOverride: { consumer: { autoOffsetReset: earliest } } } } } }`
	r := start(t, setup{operations: ops(operation("orders", sse("balanced"))), config: earliest})
	r.produce(order(0), order(1))
	first := r.Stream("/orders", "X-Client-Identifier: shop-1")
	if first.Header.Get("X-Client-Identifier") != "shop-1" {
		t.Errorf("the identifier is not echoed: %v", first.Header)
	}
	if got := first.WantData(order(0), order(1)); got.ID != "" {
		t.Errorf("balanced has no ids, got %q", got.ID)
	}
	first.Close()
	first.Ended()
	r.produce(order(2))
	second := r.Stream("/orders", "X-Client-Identifier: shop-1")
	second.WantData(order(2))
	other := r.Stream("/orders", "X-Client-Identifier: shop-2")
	other.WantData(order(0), order(1), order(2))
}

func TestSSEHeartbeat(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", sse("none", `"heartbeatIntervalInMs":2000`)))})
	s := r.Stream("/orders")
	harness.Eventually(t, "a comment of the heartbeat", func() bool {
		select {
		case e := <-s.Next:
			return e.Name == "" && len(e.Comments) == 1
		default:
			return false
		}
	})
}
