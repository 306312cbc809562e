package scope_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/scope"
)

// plain is an exchange with one header of its own.
func plain(tb testing.TB) *exchange.Exchange {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, "http://gateway.example/orders?region=eu", http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	r.Header.Set("X", "eu")
	r.Header.Set("User-Agent", "bench")
	r.Header.Set("Accept", "*/*")
	return &exchange.Exchange{Kind: endpoint.HTTPGet, Request: r, Attributes: &core.Attributes{}, Received: time.Now()}
}

func template(tb testing.TB, text string, place expr.Place) *expr.Template {
	tb.Helper()
	t, err := expr.Compile(text, place)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// BenchmarkText evaluates texts against a request, its scope included.
func BenchmarkText(b *testing.B) {
	env, x := &scope.Environment{}, plain(b)
	x.Attributes.Set("region", "eu")
	for name, text := range map[string]string{
		"header":        `{#request.headers['X'][0]}`,
		"header, lower": `{#request.headers['user-agent'][0]}`,
		"attribute":     `{#context.attributes['region']}`,
		"parameter":     `{#request.params['region'][0]}`,
		"two parts":     `orders-{#request.headers['X'][0]}-{#request.method}`,
	} {
		t := template(b, text, expr.Configuration)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := t.Text(env.Scope(x)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestHeaderAllocations holds the promise of docs/expressions.md, with the scope that a request has.
func TestHeaderAllocations(t *testing.T) {
	env, x := &scope.Environment{}, plain(t)
	compiled := template(t, `{#request.headers['X'][0]}`, expr.Configuration)
	var err error
	if n := testing.AllocsPerRun(1000, func() { _, err = compiled.Text(env.Scope(x)) }); n > 2 || err != nil {
		t.Errorf("%v allocations, want at most 2; error %v", n, err)
	}
}
