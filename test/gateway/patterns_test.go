package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
)

// byPattern is an operation whose requests choose a pattern of topics below a prefix.
func byPattern(prefix, level string, checked bool) runtime.Operation {
	op := operation("orders", get(level, `"messagesLimitDurationMs":300`), sse(level), websocket(level, `"publisher":{"enabled":false}`))
	d := &op.Descriptor
	if checked {
		d.Endpoints = []endpoint.JSON{endpoint.JSON(strings.Replace(string(d.Endpoints[0]), `"consumer":{`, `"consumer":{"checkTopicExistence":true,`, 1))}
	}
	d.Attributes = []endpoint.Attribute{{
		Name: "gravitee.attributes.endpoint.kafka.consumer.topicPattern", Value: `"{#request.headers['X-Pattern'][0]}"`, Source: "shop.yaml:7:3",
	}}
	d.Allow = map[string][]string{"consumer.topicPattern": {prefix + "*"}}
	return op
}

func TestPatternsOfRequests(t *testing.T) {
	for _, level := range []string{"none", "at-best"} {
		t.Run(level, func(t *testing.T) {
			prefix := harness.UniqueTopic()
			r := start(t, setup{operations: ops(byPattern(prefix, level, true))})
			for name, send := range map[string]func(header string) harness.Answer{
				"http-get": func(header string) harness.Answer { return r.Do(http.MethodGet, "/orders", "", header) },
				"sse": func(header string) harness.Answer {
					return r.Do(http.MethodGet, "/orders", "", "Accept: text/event-stream", header)
				},
				"websocket": func(header string) harness.Answer { return r.refusal("/orders", header) },
			} {
				if got := send("X-Pattern: " + prefix + "-x.*"); got.Status != 404 {
					t.Errorf("%s, a pattern that matches nothing: got %d %s", name, got.Status, got.Body)
				}
				got := send("X-Pattern: other.*").WantProblem(t, 403, "FAILURE_NOT_ALLOWED")
				if got["detail"] != `consumer.topicPattern: "other.*" is not allowed` {
					t.Errorf("%s: got %v", name, got)
				}
				send("X-Pattern: "+prefix+"(?=x)").WantProblem(t, 500, "FAILURE_CONFIGURATION_INVALID")
			}
		})
	}
}

// TestPatternReachesOnlyItsEntry holds that a pattern of a request sees the topics of its entry in
// x-kafka-allow, also those that are made later, and no other.
func TestPatternReachesOnlyItsEntry(t *testing.T) {
	prefix := harness.UniqueTopic()
	r := start(t, setup{operations: ops(byPattern(prefix+"-eu", "none", false))})
	s := r.Stream("/orders", "X-Pattern: "+prefix+"-.*")
	for i, name := range []string{"-us", "-eu", "-eu-2"} {
		harness.CreateTopic(t, r.kafka, prefix+name, 1)
		harness.Produce(r.t, r.kafka, &kgo.Record{Topic: prefix + name, Value: []byte(order(i))})
	}
	var got []string
	for range 2 {
		got = append(got, s.Event().Data)
	}
	for i, want := range []bool{false, true, true} {
		if seen := strings.Contains(strings.Join(got, " "), order(i)); seen != want {
			t.Errorf("topic %d of 3: seen %v, want %v, in %q", i, seen, want, got)
		}
	}
}
