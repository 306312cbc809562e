package gateway

import (
	"net/http"
	"strings"
	"testing"

	ws "github.com/coder/websocket"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
)

// chosen is an operation whose requests choose topics and configuration by headers. Publishers need
// the header X-Key.
func chosen() runtime.Operation {
	const condition = `"condition":"{#request.headers['X-Role']?.[0] != 'guest'}"`
	const key = `"key":"{#request.headers['X-Key'][0]}"`
	op := operation("orders", post("balanced", condition, key), get("none", condition, `"messagesLimitDurationMs":50`),
		sse("none", condition), websocket("none", condition, key))
	d := &op.Descriptor
	for name, header := range map[string]string{
		"gravitee.attribute.kafka.producer.topics":                            "X-Topic",
		"gravitee.attribute.kafka.consumer.topics":                            "X-Topic",
		"gravitee.attributes.endpoint.kafka.producer.compressionType":         "X-Compression",
		"gravitee.attributes.endpoint.kafka.consumer.autoOffsetReset":         "X-Reset",
		"gravitee.attributes.endpoint.kafka.security.protocol":                "X-Protocol",
		"gravitee.attributes.endpoint.kafka.security.ssl.trustStore.password": "X-Password",
	} {
		d.Attributes = append(d.Attributes, endpoint.Attribute{Name: name, Value: endpoint.JSON(`"{#request.headers['` + header + `']?.[0]}"`), Source: "shop.yaml:7:3"})
	}
	d.Allow = map[string][]string{
		"producer.topics": {"shop-*"}, "consumer.topics": {"shop-*"}, "security.protocol": {"PLAINTEXT"},
		"security.ssl.trustStore.password": {"right"},
	}
	return op
}

// TestWhatRequestsMayNotChoose holds that every entrypoint refuses a choice by a status, before the
// first byte of an answer.
func TestWhatRequestsMayNotChoose(t *testing.T) {
	r := start(t, setup{operations: ops(chosen())})
	const unusable = "the configuration of this operation cannot be used; the cause is in the gateway's log"
	for _, test := range []struct {
		header string
		status int
		code   string
		detail string // {side} is producer or consumer
	}{
		{"X-Role: guest", 403, "FAILURE_FORBIDDEN", "the condition of this operation does not hold for this request"},
		{"X-Topic: other", 403, "FAILURE_NOT_ALLOWED", `{side}.topics: "other" is not allowed`},
		{"X-Topic: __consumer_offsets", 403, "FAILURE_NOT_ALLOWED", `{side}.topics: topic "__consumer_offsets" is internal to Kafka`},
		{"X-Topic: shop/../x", 403, "FAILURE_NOT_ALLOWED", `{side}.topics: topic name "shop/../x" holds '/': only letters, digits, '.', '_' and '-' are allowed`},
		{"X-Protocol: SSL", 403, "FAILURE_NOT_ALLOWED", `security.protocol: "SSL" is not allowed`},
		{"X-Password: secret", 403, "FAILURE_NOT_ALLOWED", `security.ssl.trustStore.password: the value is not allowed`},
		{"X-Compression: brotli", 500, "FAILURE_CONFIGURATION_INVALID", unusable},
		{"X-Reset: sometimes", 500, "FAILURE_CONFIGURATION_INVALID", unusable},
	} {
		for name, send := range map[string]func() harness.Answer{
			"producer of http-post": func() harness.Answer { return r.post(order(1), test.header, "X-Key: k") },
			"producer of NDJSON": func() harness.Answer {
				return r.Do(http.MethodPost, "/orders", order(1)+"\n", "Content-Type: application/x-ndjson", test.header, "X-Key: k")
			},
			"consumer of http-get": func() harness.Answer { return r.Do(http.MethodGet, "/orders", "", test.header) },
			"consumer of sse": func() harness.Answer {
				return r.Do(http.MethodGet, "/orders", "", "Accept: text/event-stream", test.header)
			},
			"consumer of websocket": func() harness.Answer { return r.refusal("/orders", test.header) },
		} {
			problem := send().WantProblem(t, test.status, test.code)
			side, _, _ := strings.Cut(name, " ")
			if detail, _ := problem["detail"].(string); detail != strings.ReplaceAll(test.detail, "{side}", side) {
				t.Errorf("%s, %s: the detail is %q, want %q", test.header, name, detail, test.detail)
			}
			if test.status == 500 && problem["title"] != "Invalid configuration" {
				t.Errorf("%s, %s: the title is %v", test.header, name, problem["title"])
			}
		}
	}
	if !strings.Contains(r.log.String(), "brotli") {
		t.Error("the cause of an invalid configuration belongs into the log")
	}
}

func TestMessagesWithoutWhatTheirKeyIsMadeOf(t *testing.T) {
	r := start(t, setup{operations: ops(chosen())})
	const detail = `the key of the message cannot be made of this request: it is made of the header "X-Key"`
	if got := r.post(order(1)).WantProblem(t, 400, "FAILURE_INVALID_REQUEST"); got["detail"] != detail {
		t.Errorf("http-post: got %v", got)
	}
	lines := r.Do(http.MethodPost, "/orders", order(1)+"\n", "Content-Type: application/x-ndjson")
	if problem := lines.JSON(t); lines.Status != 200 || problem["status"] != 400.0 || problem["detail"] != detail {
		t.Errorf("NDJSON: got %d %s, want a line", lines.Status, lines.Body)
	}
	plain := r.dial("/orders", "")
	plain.Send(order(1))
	plain.wantClose(ws.StatusPolicyViolation, detail)
	framed := r.dial("/orders", "penstock.v1")
	framed.Send(`{"type":"publish","ref":"a","content":` + order(1) + `}`)
	if got := framed.frame("problem"); got["ref"] != "a" || got["status"] != 400.0 || got["detail"] != detail {
		t.Errorf("penstock.v1: got %v", got)
	}
	framed.Send(`{"type":"publish","ref":"b","key":"mine","content":` + order(2) + `}`)
	if rec := r.read(1)[0]; string(rec.Key) != "mine" || string(rec.Value) != order(2) {
		t.Errorf("the frame's own key: got %s %s", rec.Key, rec.Value)
	}
}

func TestOptionsOfPublishers(t *testing.T) {
	const options = `"tombstone":true,"key":"{#request.headers['X-Key']?.[0] ?: #message.jsonContent.id}",` +
		`"partition":"{#request.params['p']?.[0] ?: 0}","headers":{"x-by":"{#request.method}"}`
	r := start(t, setup{operations: ops(operation("orders", post("balanced", options), websocket("balanced", options, `"subscriber":{"enabled":false}`))), partitions: 2})
	if got := r.post(order(1)); got.Status != 202 {
		t.Fatalf("got %d %s", got.Status, got.Body)
	}
	if got := r.Do(http.MethodPost, "/orders?p=0", "", "Content-Type: application/json", "X-Key: gone"); got.Status != 202 {
		t.Fatalf("got %d %s", got.Status, got.Body)
	}
	socket := r.dial("/orders?p=0", "penstock.v1")
	socket.Send(`{"type":"publish","ref":"a","key":"left","content":null}`)
	socket.frame("receipt")
	records := r.read(3)
	for i, want := range []kgo.Record{{Key: []byte("o-1"), Value: []byte(order(1))}, {Key: []byte("gone")}, {Key: []byte("left")}} {
		rec := records[i]
		if string(rec.Key) != string(want.Key) || string(rec.Value) != string(want.Value) || (rec.Value == nil) != (want.Value == nil) || rec.Partition != 0 {
			t.Errorf("record %d: got %s in partition %d: %#v", i, rec.Key, rec.Partition, rec.Value)
		}
		if len(rec.Headers) != 1 || rec.Headers[0].Key != "x-by" {
			t.Errorf("record %d: got headers %v", i, rec.Headers)
		}
	}
	if got := r.Do(http.MethodPost, "/orders?p=1", order(2), "Content-Type: application/json").JSON(t); !strings.HasPrefix(decoded(t, got["id"].(string)), r.topic+"@1#") {
		t.Errorf("partition 1: got %v", got)
	}
	for query, detail := range map[string]string{
		"?p=2":  `topic "` + r.topic + `" has no partition 2: it has the partitions 0 to 1`,
		"?p=x":  `the partition of the message is a whole number from 0, not "x"`,
		"?p=-1": `the partition of the message is a whole number from 0, not "-1"`,
	} {
		got := r.Do(http.MethodPost, "/orders"+query, order(3), "Content-Type: application/json").WantProblem(t, 400, "FAILURE_INVALID_REQUEST")
		if got["detail"] != detail {
			t.Errorf("%s: got %v, want %s", query, got["detail"], detail)
		}
	}
	const keyless = "a message without content deletes the key that it names: name one"
	socket.Send(`{"type":"publish","ref":"b","key":"","content":null}`)
	if got := socket.frame("problem"); got["ref"] != "b" || got["detail"] != keyless {
		t.Errorf("a tombstone without a key: got %v", got)
	}
}
