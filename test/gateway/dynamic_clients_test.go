package gateway

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
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
		brokers: strings.Join(embedded(t).ListenAddrs(), ","), operations: ops(brokersByHeader()), config: "limits: { dynamicClients: 1 }",
	})
	port := r.brokers[strings.LastIndexByte(r.brokers, ':'):]
	const code = "FAILURE_TOO_MANY_CLIENTS"
	held := r.stream("/orders", "X-Brokers: localhost"+port)
	other := "X-Brokers: 127.0.0.1" + port
	same := r.stream("/orders", "X-Brokers: localhost"+port)

	r.post(order(1), other).wantProblem(t, 503, code)
	r.do(http.MethodPost, "/orders", order(1)+"\n", "Content-Type: application/x-ndjson", other).wantProblem(t, 503, code)
	r.do(http.MethodGet, "/orders", "", other).wantProblem(t, 503, code)
	if events := r.stream("/orders", other).ended(); len(events) == 0 || events[len(events)-1].name != "error" ||
		!strings.Contains(events[len(events)-1].data, code) {
		t.Errorf("sse: got %+v, want an error that an EventSource comes back from", events)
	}
	_, response, err := r.tryDial("/orders", "", other)
	if err == nil {
		t.Fatal("upgraded above the bound")
	}
	text, _ := io.ReadAll(response.Body)
	answer{response.StatusCode, response.Header, string(text)}.wantProblem(t, 503, code)

	// What the gateway itself is configured for is not counted, and those that are there go on.
	r.post(order(2))
	for _, s := range []*events{held, same} {
		s.wantData(order(2))
	}
	if got := r.post(order(3), "X-Brokers: evil.example:9092").wantProblem(t, 403, "FAILURE_NOT_ALLOWED"); got["detail"] != `bootstrapServers: "evil.example:9092" is not allowed` {
		t.Errorf("got %v", got)
	}
}
