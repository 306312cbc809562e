package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
)

// brokersByHeader is an operation whose requests choose the brokers, among those of this machine.
func brokersByHeader() runtime.Operation {
	op := operation("orders", everyEntrypoint("none")...)
	op.Descriptor.Attributes = []endpoint.Attribute{{
		Name: "gravitee.attributes.endpoint.kafka.bootstrapServers", Value: `"{#request.headers['X-Brokers']?.[0]}"`, Source: "shop.yaml:7:3",
	}}
	op.Descriptor.Allow = map[string][]string{"bootstrapServers": {"127.0.0.1:*", "localhost:*"}}
	return op
}

// TestClientsThatRequestsChooseAreBounded holds that the pool of clients that requests make is
// bounded, and what each entrypoint answers above the bound.
func TestClientsThatRequestsChooseAreBounded(t *testing.T) {
	r := start(t, setup{
		brokers: harness.Addresses(harness.Embedded(t)), operations: ops(brokersByHeader()), config: "limits: { dynamicClients: 1 }",
	})
	port := r.brokers[strings.LastIndexByte(r.brokers, ':'):]
	const code = "FAILURE_TOO_MANY_CLIENTS"
	held := r.Stream("/orders", "X-Brokers: localhost"+port)
	other := "X-Brokers: 127.0.0.1" + port
	same := r.Stream("/orders", "X-Brokers: localhost"+port)

	r.post(order(1), other).WantProblem(t, 503, code)
	r.Do(http.MethodPost, "/orders", order(1)+"\n", "Content-Type: application/x-ndjson", other).WantProblem(t, 503, code)
	r.Do(http.MethodGet, "/orders", "", other).WantProblem(t, 503, code)
	if events := r.Stream("/orders", other).Ended(); len(events) == 0 || events[len(events)-1].Name != "error" ||
		!strings.Contains(events[len(events)-1].Data, code) {
		t.Errorf("sse: got %+v, want an error that an EventSource comes back from", events)
	}
	r.refusal("/orders", other).WantProblem(t, 503, code)

	// What the gateway itself is configured for is not counted, and those that are there go on.
	r.post(order(2))
	for _, s := range []*harness.Stream{held, same} {
		s.WantData(order(2))
	}
	if got := r.post(order(3), "X-Brokers: evil.example:9092").WantProblem(t, 403, "FAILURE_NOT_ALLOWED"); got["detail"] != `bootstrapServers: "evil.example:9092" is not allowed` {
		t.Errorf("got %v", got)
	}
}
