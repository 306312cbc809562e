package get

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is one operation behind http-get on a real listener.
type rig struct {
	host    *entrypointstest.Host
	stream  *entrypointstest.Stream
	openErr error
	reading qos.Reading // of the last request
	op      *entrypoints.Operation
	server  *httptest.Server
}

// newRig serves GET /orders at level none, with a stream that has the records of values.
func newRig(t *testing.T, config endpoint.JSON, change func(*rig), values ...string) *rig {
	t.Helper()
	r := &rig{host: entrypointstest.NewHost(), stream: &entrypointstest.Stream{IDs: true, Position: "orders@0#-1"}}
	r.op = entrypointstest.Subscriber(func(reading qos.Reading) (qos.Stream, error) {
		r.reading = reading
		if r.openErr != nil {
			return nil, r.openErr
		}
		return r.stream, nil
	})
	if change != nil {
		change(r)
	}
	for i, value := range values {
		r.stream.Push(entrypointstest.Record(int64(i), value))
	}
	handler, err := New(&r.host.Host, r.op, endpoint.Entrypoint{Kind: endpoint.HTTPGet, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	r.server = r.host.Serve(t, http.MethodGet, "/orders", handler)
	t.Cleanup(func() { r.server.Client().CloseIdleConnections() })
	return r
}

// get sends a request and gives status, header and body of the answer.
func (r *rig) get(t *testing.T, query string, header ...string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.server.URL+"/orders"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := r.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
	}()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(text)
}

const brief = `{"qos":"none","messagesLimitCount":3,"messagesLimitDurationMs":20}`
