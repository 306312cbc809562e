package gateway

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/ports"
)

// twoClusters is an operation of the endpoints eu and us, each a cluster of its own.
func twoClusters(t *testing.T, eu, us string, entrypoints ...endpoint.Entrypoint) runtime.Operation {
	t.Helper()
	op := operation("orders", entrypoints...)
	op.Descriptor.Endpoints = nil
	for _, e := range []struct{ name, brokers, more string }{{"eu", eu, `"weight":2,`}, {"us", us, ""}} {
		text := strings.Replace(strings.Replace(endpointObject, `"default",`, `"`+e.name+`",`+e.more, 1), "BROKERS", e.brokers, 1)
		op.Descriptor.Endpoints = append(op.Descriptor.Endpoints, endpoint.JSON(text))
	}
	op.Descriptor.LoadBalancer = endpoint.WeightedRoundRobin
	return op
}

// clusters starts two embedded brokers with a topic.
func clusters(t *testing.T) (topic, eu, us string) {
	t.Helper()
	topic = harness.UniqueTopic()
	at := func() string {
		return harness.Addresses(harness.Embedded(t, kfake.SeedTopics(1, topic)))
	}
	return topic, at(), at()
}

func TestSeveralEndpoints(t *testing.T) {
	topic, eu, us := clusters(t)
	r := start(t, setup{
		brokers: eu, topic: topic, partitions: -1,
		operations: ops(twoClusters(t, eu, us, post("balanced"), sse("none"), get("none", long))),
	})
	var ids []string
	for n := range 6 {
		got := r.post(order(n))
		if got.Status != 202 {
			t.Fatalf("got %d %s", got.Status, got.Body)
		}
		ids = append(ids, decoded(t, got.JSON(t)["id"].(string)))
	}
	want := []string{
		"eu!" + topic + "@0#0", "us!" + topic + "@0#0", "eu!" + topic + "@0#1",
		"eu!" + topic + "@0#2", "us!" + topic + "@0#1", "eu!" + topic + "@0#3",
	}
	if !slices.Equal(ids, want) {
		t.Errorf("got the ids %q, want %q", ids, want)
	}

	// A position says where reading goes on, whichever endpoint's turn it is.
	for range 3 {
		events := r.Stream("/orders", "Last-Event-ID: us!"+topic+"@0#0")
		if last := events.WantData(order(4)); decoded(t, last.ID) != "us!"+topic+"@0#1" {
			t.Errorf("got id %s", decoded(t, last.ID))
		}
		contents, next := r.page("/orders?cursor=eu!" + topic + "@0%231&limit=1")
		if !slices.Equal(contents, []string{"map[id:o-3]"}) || decoded(t, next) != "eu!"+topic+"@0#2" {
			t.Errorf("got %v and %s", contents, decoded(t, next))
		}
		contents, _ = r.page("/orders?limit=1&cursor=" + next)
		if !slices.Equal(contents, []string{"map[id:o-5]"}) {
			t.Errorf("got %v behind the cursor", contents)
		}
	}
	for cursor, detail := range map[string]string{
		topic + "@0%230":           "the cursor names no endpoint: this operation reads several, and its ids are endpoint!topic@partition#offset",
		"asia!" + topic + "@0%230": `the cursor names endpoint "asia", which this operation does not read`,
	} {
		for _, accept := range []string{"application/json", "text/event-stream"} {
			got := r.Do(http.MethodGet, "/orders?cursor="+cursor, "", "Accept: "+accept).WantProblem(t, 400, "FAILURE_INVALID_CURSOR")
			if got["detail"] != detail {
				t.Errorf("%s: got %v", cursor, got)
			}
		}
	}
}

// TestStreamsOfSeveralEndpoints holds that the clients of one endpoint see its ids, and clients
// of the other theirs.
func TestStreamsOfSeveralEndpoints(t *testing.T) {
	topic, eu, us := clusters(t)
	r := start(t, setup{brokers: eu, topic: topic, partitions: -1, operations: ops(twoClusters(t, eu, us, sse("none")))})
	streams := []*harness.Stream{r.Stream("/orders"), r.Stream("/orders"), r.Stream("/orders")} // eu us eu
	for i, brokers := range []string{eu, us} {
		c := harness.Kafka(t, brokers)
		if err := c.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Value: []byte(order(i))}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	for i, name := range []string{"eu", "us", "eu"} {
		if last := streams[i].WantData(order(i % 2)); decoded(t, last.ID) != name+"!"+topic+"@0#0" {
			t.Errorf("stream %d: got id %s", i, decoded(t, last.ID))
		}
	}
}

// TestEndpointThatIsAway holds that requests go to the endpoint that is left, and that the answer is
// 503 where none is.
func TestEndpointThatIsAway(t *testing.T) {
	topic, eu, _ := clusters(t)
	port, err := ports.Free()
	if err != nil {
		t.Fatal(err)
	}
	away := fmt.Sprintf("127.0.0.1:%d", port)
	lost := twoClusters(t, away, away, atPath(post("balanced"), "/lost"))
	lost.Descriptor.Operation = "lost"
	r := start(t, setup{
		brokers: eu, topic: topic, partitions: -1,
		operations: ops(twoClusters(t, away, eu, post("balanced")), lost),
	})
	// The one that is away is not used any more as soon as it has shown that it is.
	for deadline, in := time.Now().Add(harness.Patience), 0; in < 4; {
		if got := r.post(order(1)); got.Status == 202 {
			in++
		} else {
			got.WantProblem(t, 503, "FAILURE_BROKER_UNAVAILABLE")
			in = 0
		}
		if time.Now().After(deadline) {
			t.Fatal("requests still go to the endpoint that is away")
		}
	}
	for range 3 {
		r.Do(http.MethodPost, "/lost", order(1), "Content-Type: application/json").WantProblem(t, 503, "FAILURE_BROKER_UNAVAILABLE")
	}
}

// TestAcknowledgementsOfSeveralEndpoints holds that an id with the name of its endpoint
// acknowledges the record in the group of that cluster.
func TestAcknowledgementsOfSeveralEndpoints(t *testing.T) {
	topic, eu, us := clusters(t)
	op := twoClusters(t, eu, us, websocket("at-least-once", `"publisher":{"enabled":false}`))
	for i, e := range op.Descriptor.Endpoints {
		op.Descriptor.Endpoints[i] = endpoint.JSON(strings.Replace(string(e), "latest", "earliest", 1))
	}
	r := start(t, setup{brokers: eu, topic: topic, partitions: -1, operations: ops(op)})
	r.produce(order(1), order(2))
	s := r.dial("/orders", "penstock.v1", "X-Client-Identifier: "+topic)
	id, _ := s.frame("message")["id"].(string)
	if got, want := decoded(t, id), "eu!"+topic+"@0#0"; got != want {
		t.Fatalf("got id %s, want %s", got, want)
	}
	s.Send(`{"type":"ack","id":"` + id + `"}`)
	harness.Eventually(t, "the record is committed", func() bool { return r.committed() == 1 })
}
