package gateway

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
)

func TestTopicThatDoesNotExist(t *testing.T) {
	r := start(t, setup{partitions: -1, operations: ops(operation("orders", post("balanced"), get("none"), sse("none"))), config: `
apis: { shop: { endpoints: { default: { sharedConfigurationOverride: { consumer: { checkTopicExistence: true } } } } } }
`})
	r.post(order(1)).WantProblem(t, 404, "FAILURE_TOPIC_NOT_FOUND")
	r.Do("GET", "/orders", "").WantProblem(t, 404, "FAILURE_TOPIC_NOT_FOUND")
	r.Do("GET", "/orders", "", "Accept: text/event-stream").WantProblem(t, 404, "FAILURE_TOPIC_NOT_FOUND")
	harness.CreateTopic(t, r.kafka, r.topic, 1)
	harness.Eventually(t, "a publish once the topic is there", func() bool { return r.post(order(2)).Status == 202 })
}

func TestTopicThatAppearsLater(t *testing.T) {
	r := start(t, setup{partitions: -1, operations: ops(operation("orders", sse("none")))})
	s := r.Stream("/orders")
	harness.CreateTopic(t, r.kafka, r.topic, 2)
	r.produce(order(1))
	s.WantData(order(1))
}

// TestConfluentHeader reads records as the serializers of a schema registry write them.
func TestConfluentHeader(t *testing.T) {
	op := operation("orders", sse("none"))
	op.Descriptor.Endpoints = []endpoint.JSON{endpoint.JSON(strings.Replace(string(op.Descriptor.Endpoints[0]),
		`"consumer":{"enabled":true`, `"consumer":{"enabled":true,"removeConfluentHeader":true`, 1))}
	r := start(t, setup{operations: ops(op)})
	s := r.Stream("/orders")
	r.produce("\x00\x00\x00\x00\x07"+order(1), order(2))
	s.WantData(order(1), order(2))
}
