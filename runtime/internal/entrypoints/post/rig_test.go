package post

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is one operation behind http-post on a real listener.
type rig struct {
	host   *entrypointstest.Host
	sink   *entrypointstest.Sink
	op     *entrypoints.Operation
	http2  bool
	server *httptest.Server
}

// newRig serves POST and PUT /orders; change may alter the operation first.
func newRig(t *testing.T, config endpoint.JSON, change func(*rig)) *rig {
	t.Helper()
	r := &rig{host: entrypointstest.NewHost(), sink: &entrypointstest.Sink{}}
	r.op = entrypointstest.Publisher(r.sink)
	if change != nil {
		change(r)
	}
	handler, err := New(&r.host.Host, r.op, endpoint.Entrypoint{Kind: endpoint.HTTPPost, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	serve := r.host.Serve
	if r.http2 {
		serve = r.host.ServeHTTP2
	}
	r.server = serve(t, http.MethodPost, "/orders", handler)
	t.Cleanup(func() { r.server.Client().CloseIdleConnections() })
	return r
}

// post sends a body and gives status, header and body of the answer.
func (r *rig) post(t *testing.T, body string, header ...string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.server.URL+"/orders", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
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
