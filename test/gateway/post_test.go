package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
)

func TestPost(t *testing.T) {
	r := start(t, setup{operations: nil, partitions: 1})
	got := r.Do("POST", "/orders", `{"id":"a"}`, "Content-Type: application/json; charset=utf-8")
	if got.Status != http.StatusAccepted {
		t.Fatalf("level none: got %d %s", got.Status, got.Body)
	}
	if got.Body != "" {
		t.Errorf("level none has no receipt, got %s", got.Body)
	}
	if records := r.read(1); string(records[0].Value) != `{"id":"a"}` || records[0].Key != nil || len(records[0].Headers) > 0 {
		t.Errorf("Kafka has %+v", records[0])
	}
}

func TestPostBalanced(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", post("balanced")))})
	got := r.post(order(1))
	if got.Status != http.StatusAccepted || got.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("got %d %s", got.Status, got.Body)
	}
	receipt := got.JSON(t)
	records, _ := receipt["records"].([]any)
	if len(records) != 1 || receipt["id"] == "" {
		t.Fatalf("got %s", got.Body)
	}
	landed, _ := records[0].(map[string]any)
	if landed["topic"] != r.topic || landed["partition"] != 0.0 || landed["offset"] != 0.0 || landed["timestamp"] == "" {
		t.Errorf("landed at %v", landed)
	}
	minimal := r.post(order(2), "Prefer: return=minimal")
	if minimal.Status != http.StatusAccepted || minimal.Body != "" || minimal.Header.Get("Preference-Applied") != "return=minimal" {
		t.Errorf("got %d %q %v", minimal.Status, minimal.Body, minimal.Header)
	}
	if got := string(r.read(2)[1].Value); got != order(2) {
		t.Errorf("Kafka has %s", got)
	}
}

func TestPostToSeveralTopics(t *testing.T) {
	op := operation("orders", post("balanced"))
	op.Descriptor.Endpoints = []endpoint.JSON{`{"name":"default","configuration":{"bootstrapServers":"BROKERS"},"sharedConfigurationOverride":{"producer":{"enabled":true}}}`}
	name := harness.UniqueTopic()
	r := start(t, setup{topic: name, operations: ops(op), config: `
apis: { shop: { endpoints: { default: { sharedConfigurationOverride: { producer: { topics: [` + name + `, ` + name + `-b] } } } } } }
`})
	harness.CreateTopic(t, r.kafka, name+"-b", 1)
	receipt := r.post(order(1)).JSON(t)
	if records, _ := receipt["records"].([]any); len(records) != 2 {
		t.Errorf("got %v, want a place in each topic", receipt)
	}
}

func TestPostRefusals(t *testing.T) {
	r := start(t, setup{
		operations: ops(operation("orders", post("balanced"))),
		config:     "limits: { body: 64, headers: 2KiB }",
	})
	for _, test := range []struct {
		name, body string
		headers    []string
		status     int
		code       string
	}{
		{"body too large", `{"id":"` + strings.Repeat("a", 64) + `"}`, nil, 413, "FAILURE_TOO_LARGE"},
		{"content type", `{"id":"a"}`, []string{"Content-Type: text/plain"}, 415, "FAILURE_UNSUPPORTED_MEDIA_TYPE"},
		{"content coding", `{"id":"a"}`, []string{"Content-Encoding: gzip"}, 415, "FAILURE_UNSUPPORTED_MEDIA_TYPE"},
		{"not JSON", `{"id":`, nil, 400, "FAILURE_INVALID_MESSAGE"},
		{"header too large", `{"id":"a"}`, []string{"X-Big: " + strings.Repeat("a", 2048)}, 431, "FAILURE_HEADERS_TOO_LARGE"},
	} {
		headers := test.headers
		if len(headers) == 0 || !strings.HasPrefix(headers[0], "Content-Type") {
			headers = append(headers, "Content-Type: application/json")
		}
		t.Run(test.name, func(t *testing.T) {
			r.Do("POST", "/orders", test.body, headers...).WantProblem(t, test.status, test.code)
		})
	}
	problem := r.post(`{"count":0}`).WantProblem(t, 400, "FAILURE_INVALID_MESSAGE")
	violations, _ := problem["errors"].([]any)
	pointers := map[string]bool{}
	for _, v := range violations {
		violation, _ := v.(map[string]any)
		pointer, _ := violation["pointer"].(string)
		pointers[pointer] = violation["detail"] != ""
	}
	if len(pointers) != 2 || !pointers[""] && !pointers["/id"] || !pointers["/count"] {
		t.Errorf("got %v, want one pointer for each broken rule", violations)
	}
}

func TestNDJSON(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", post("balanced")))})
	body := order(1) + "\n" + `{"count":1}` + "\n" + order(2) + "\n"
	got := r.Do("POST", "/orders", body, "Content-Type: application/x-ndjson")
	lines := strings.Split(strings.TrimSpace(got.Body), "\n")
	if got.Status != http.StatusOK || got.Header.Get("Content-Type") != "application/x-ndjson" || len(lines) != 3 {
		t.Fatalf("got %d %s", got.Status, got.Body)
	}
	for i, want := range []string{`"offset":0`, `FAILURE_INVALID_MESSAGE`, `"offset":1`} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d is %s, want %s", i+1, lines[i], want)
		}
	}
}
