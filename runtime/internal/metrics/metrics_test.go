package metrics

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
)

func TestCounts(t *testing.T) {
	m := New("0.1.0")
	op := &entrypoints.Operation{API: "orders", Name: "placeOrder", Publish: &entrypoints.Publishing{}, Subscribe: &entrypoints.Subscribing{}}
	m.Add(op, endpoint.HTTPPost)
	m.Add(op, endpoint.SSE)
	m.Published(op, endpoint.HTTPPost, 2, 30)
	m.Delivered(op, endpoint.SSE, 5, 70)
	m.StreamOpened(op, endpoint.SSE)
	m.StreamOpened(op, endpoint.SSE)
	m.StreamClosed(op, endpoint.SSE)
	requests := m.Requests(op, endpoint.HTTPPost, true)
	requests.Done(202, 3*time.Millisecond)
	requests.Done(202, 3*time.Millisecond)
	requests.Done(400, time.Millisecond)
	m.Requests(op, endpoint.SSE, false).Done(200, time.Hour)

	want := `
# HELP penstock_build_info 1, labelled with the version of the gateway.
# TYPE penstock_build_info gauge
penstock_build_info{version="0.1.0"} 1
# HELP penstock_open_streams Streams that are open now; NDJSON bodies and waiting http-get requests are streams too.
# TYPE penstock_open_streams gauge
penstock_open_streams{api="orders",entrypoint="http-post",operation="placeOrder"} 0
penstock_open_streams{api="orders",entrypoint="sse",operation="placeOrder"} 1
# HELP penstock_record_bytes_total Bytes of record values by direction.
# TYPE penstock_record_bytes_total counter
penstock_record_bytes_total{api="orders",direction="in",entrypoint="http-post",operation="placeOrder"} 30
penstock_record_bytes_total{api="orders",direction="out",entrypoint="sse",operation="placeOrder"} 70
# HELP penstock_records_total Records by direction: in from web clients to Kafka, out from Kafka to web clients.
# TYPE penstock_records_total counter
penstock_records_total{api="orders",direction="in",entrypoint="http-post",operation="placeOrder"} 2
penstock_records_total{api="orders",direction="out",entrypoint="sse",operation="placeOrder"} 5
# HELP penstock_requests_total Requests that were answered, by HTTP status; a stream counts when it ends.
# TYPE penstock_requests_total counter
penstock_requests_total{api="orders",code="200",entrypoint="sse",operation="placeOrder"} 1
penstock_requests_total{api="orders",code="202",entrypoint="http-post",operation="placeOrder"} 2
penstock_requests_total{api="orders",code="400",entrypoint="http-post",operation="placeOrder"} 1
`
	if err := testutil.GatherAndCompare(m.Registry(), strings.NewReader(want),
		"penstock_build_info", "penstock_open_streams", "penstock_record_bytes_total", "penstock_records_total", "penstock_requests_total"); err != nil {
		t.Error(err)
	}
	if n, err := testutil.GatherAndCount(m.Registry(), "penstock_request_duration_seconds"); err != nil || n != 1 {
		t.Errorf("%d duration series, want 1 (streams are not timed), %v", n, err)
	}
}

func TestOperationsThatWereNotAddedAreNotCounted(t *testing.T) {
	m := New("dev")
	op := &entrypoints.Operation{API: "a", Name: "b"}
	m.Published(op, endpoint.HTTPPost, 1, 1)
	m.StreamOpened(op, endpoint.SSE)
	if n, err := testutil.GatherAndCount(m.Registry(), "penstock_records_total", "penstock_open_streams"); n != 0 || err != nil {
		t.Errorf("%d series, %v", n, err)
	}
}

func TestCountingDoesNotAllocate(t *testing.T) {
	m := New("dev")
	op := &entrypoints.Operation{API: "a", Name: "b", Publish: &entrypoints.Publishing{}}
	m.Add(op, endpoint.HTTPPost)
	requests := m.Requests(op, endpoint.HTTPPost, true)
	requests.Done(202, time.Millisecond)
	if n := testing.AllocsPerRun(100, func() {
		m.Published(op, endpoint.HTTPPost, 1, 100)
		requests.Done(202, time.Millisecond)
	}); n > 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func BenchmarkPublished(b *testing.B) {
	m := New("dev")
	op := &entrypoints.Operation{API: "a", Name: "b", Publish: &entrypoints.Publishing{}}
	m.Add(op, endpoint.HTTPPost)
	b.ReportAllocs()
	for b.Loop() {
		m.Published(op, endpoint.HTTPPost, 1, 100)
	}
}
