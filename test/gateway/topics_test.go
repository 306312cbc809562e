package gateway

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

func TestTopicThatDoesNotExist(t *testing.T) {
	r := start(t, setup{partitions: -1, operations: ops(operation("orders", post("balanced"), get("none"), sse("none"))), config: `
apis: { shop: { endpoints: { default: { sharedConfigurationOverride: { consumer: { checkTopicExistence: true } } } } } }
`})
	r.post(order(1)).wantProblem(t, 404, "FAILURE_TOPIC_NOT_FOUND")
	r.do("GET", "/orders", "").wantProblem(t, 404, "FAILURE_TOPIC_NOT_FOUND")
	r.do("GET", "/orders", "", "Accept: text/event-stream").wantProblem(t, 404, "FAILURE_TOPIC_NOT_FOUND")
	createTopic(t, r.kafka, r.topic, 1)
	eventually(t, "a publish once the topic is there", func() bool { return r.post(order(2)).status == 202 })
}

func TestTopicThatAppearsLater(t *testing.T) {
	r := start(t, setup{partitions: -1, operations: ops(operation("orders", sse("none")))})
	s := r.stream("/orders")
	createTopic(t, r.kafka, r.topic, 2)
	r.produce(order(1))
	s.wantData(order(1))
}

// TestConfluentHeader reads records as the serializers of a schema registry write them.
func TestConfluentHeader(t *testing.T) {
	op := operation("orders", sse("none"))
	op.Descriptor.Endpoints = []endpoint.JSON{endpoint.JSON(strings.Replace(string(op.Descriptor.Endpoints[0]),
		`"consumer":{"enabled":true`, `"consumer":{"enabled":true,"removeConfluentHeader":true`, 1))}
	r := start(t, setup{operations: ops(op)})
	s := r.stream("/orders")
	r.produce("\x00\x00\x00\x00\x07"+order(1), order(2))
	s.wantData(order(1), order(2))
}
