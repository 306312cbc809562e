package routes

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// BenchmarkRoute finds the handler of a request among 300 routes: by a fixed path, by one with a
// parameter, and by what the request accepts where entrypoints share a path.
func BenchmarkRoute(b *testing.B) {
	served := 0
	serve := func(echo.Context) error { served++; return nil }
	table := NewTable()
	for i := range 100 {
		path := fmt.Sprintf("/shops/%d", i)
		if err := table.Add(
			Route{Kind: endpoint.HTTPPost, Method: http.MethodPost, Path: path + "/orders", Handler: serve},
			Route{Kind: endpoint.HTTPGet, Method: http.MethodGet, Path: path + "/orders/{order}", Handler: serve},
			Route{Kind: endpoint.SSE, Method: http.MethodGet, Path: path + "/orders/{order}", Handler: serve},
		); err != nil {
			b.Fatal(err)
		}
	}
	e := echo.New()
	table.Install(e)
	for _, bench := range []struct{ name, method, path, accept string }{
		{"fixed", http.MethodPost, "/shops/50/orders", ""},
		{"parameter", http.MethodGet, "/shops/50/orders/A-1001", ""},
		{"accept", http.MethodGet, "/shops/50/orders/A-1001", "text/event-stream"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			r := httptest.NewRequest(bench.method, bench.path, http.NoBody)
			if bench.accept != "" {
				r.Header.Set("Accept", bench.accept)
			}
			w := httptest.NewRecorder()
			served = 0
			b.ReportAllocs()
			for b.Loop() {
				e.ServeHTTP(w, r)
			}
			if served != b.N {
				b.Fatalf("%d of %d requests were served", served, b.N)
			}
		})
	}
}
