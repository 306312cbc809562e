package gateway

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
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
	s := r.stream("/orders")
	if got := s.header.Get("Cache-Control"); !strings.Contains(got, "no-") {
		t.Errorf("Cache-Control is %q", got)
	}
	for i := range 3 {
		r.post(order(i))
	}
	last := s.wantData(order(0), order(1), order(2))
	if last.name != "Order" || decoded(t, last.id) != r.topic+"@0#2" {
		t.Errorf("got event %q, id %q", last.name, decoded(t, last.id))
	}
}

func TestSSEResumes(t *testing.T) {
	r := start(t, setup{})
	for i := range 5 {
		r.produce(order(i))
	}
	id := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s@0#1", r.topic))
	byHeader := r.stream("/orders", "Last-Event-ID: "+id)
	byQuery := r.stream("/orders?cursor=" + strings.TrimRight(id, "="))
	r.produce(order(5))
	for _, s := range []*events{byHeader, byQuery} {
		s.wantData(order(2), order(3), order(4), order(5))
	}
	behindHub := r.stream("/orders")
	r.produce(order(6))
	behindHub.wantData(order(6))
	byHeader.wantData(order(6))
}

func TestSSEPayloads(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", sse("none", `"metadataAsComment":true`, `"headersAsComment":true`)))})
	s := r.stream("/orders")
	r.produce("one\ntwo\r\nthree")
	s.wantData("one\ntwo\nthree")
	r.produceRecord(&kgo.Record{Topic: r.topic, Key: []byte("k"), Value: []byte{0xff, 0xfe}, Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("v")}}})
	binary := s.wantData(base64.StdEncoding.EncodeToString([]byte{0xff, 0xfe}))
	comments := strings.Join(binary.comments, "|")
	for _, want := range []string{"encoding base64", "key: k", "h: v", "sourceTimestamp: "} {
		if !strings.Contains(comments, want) {
			t.Errorf("comment %q is missing from %q", want, comments)
		}
	}
	r.produceRecord(&kgo.Record{Topic: r.topic, Key: []byte("k")})
	s.wantData("null")
	r.produce("")
	s.wantData("")
}

func TestSSERefusals(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", sse("none")))})
	r.produce(order(1))
	for name, cursor := range map[string]string{
		"malformed": "nonsense", "other topic": base64.StdEncoding.EncodeToString([]byte("other@0#0")),
		"beyond the end": base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s@0#99", r.topic)),
	} {
		t.Run(name, func(t *testing.T) {
			r.do("GET", "/orders", "", "Accept: text/event-stream", "Last-Event-ID: "+cursor).wantProblem(t, 400, "FAILURE_INVALID_CURSOR")
		})
	}
	r.do("GET", "/orders?cursor=a;b", "", "Accept: text/event-stream").wantProblem(t, 400, "FAILURE_INVALID_REQUEST")
	r.do("GET", "/orders", "", "Accept: application/json").wantProblem(t, 406, "FAILURE_NOT_ACCEPTABLE")
	r.do("GET", "/orders", "", "Accept: text/event-stream", "X-Client-Identifier: a b").wantProblem(t, 400, "FAILURE_INVALID_REQUEST")
}

func TestSSEBalanced(t *testing.T) {
	earliest := `apis: { shop: { endpoints: { default: { sharedConfigurationOverride: { consumer: { autoOffsetReset: earliest } } } } } }`
	r := start(t, setup{operations: ops(operation("orders", sse("balanced"))), config: earliest})
	r.produce(order(0), order(1))
	first := r.stream("/orders", "X-Client-Identifier: shop-1")
	if first.header.Get("X-Client-Identifier") != "shop-1" {
		t.Errorf("the identifier is not echoed: %v", first.header)
	}
	if got := first.wantData(order(0), order(1)); got.id != "" {
		t.Errorf("balanced has no ids, got %q", got.id)
	}
	first.cancel()
	first.ended()
	r.produce(order(2))
	second := r.stream("/orders", "X-Client-Identifier: shop-1")
	second.wantData(order(2))
	other := r.stream("/orders", "X-Client-Identifier: shop-2")
	other.wantData(order(0), order(1), order(2))
}

func TestSSEHeartbeat(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", sse("none", `"heartbeatIntervalInMs":2000`)))})
	s := r.stream("/orders")
	eventually(t, "a comment of the heartbeat", func() bool {
		select {
		case e := <-s.next:
			return e.name == "" && len(e.comments) == 1
		default:
			return false
		}
	})
}
