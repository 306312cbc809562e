package expr

import "testing"

// header is a request of the shape that the gateway has: no map is copied for it.
type header map[string][]string

func (h header) Get(key string) (Value, bool) {
	v, ok := h[key]
	return TextsValue(v), ok
}

func (h header) Keys() []string { return nil }

type request struct{ headers header }

func (r *request) Property(name string) (Value, error) {
	if name == "headers" {
		return MapValue(r.headers), nil
	}
	return TextValue("GET"), nil
}

func (r *request) Variable(string) (Value, error) { return ObjectValue(r), nil }

var benchmarks = map[string]string{
	"header":    `{#request.headers['X'][0]}`,
	"two parts": `orders-{#request.headers['X'][0]}-{#request.method}`,
	"condition": `{(#request.method == 'GET' && #request.headers['X'][0] matches 'e[a-z]')}`,
	"static":    `orders`,
}

func BenchmarkText(b *testing.B) {
	scope := &request{header{"X": {"eu"}}}
	for name, text := range benchmarks {
		t, err := Compile(text, Request)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := t.Text(scope); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(benchmarks["header"], Request); err != nil {
			b.Fatal(err)
		}
	}
}

// TestHeaderAllocations holds the promise of docs/expressions.md.
func TestHeaderAllocations(t *testing.T) {
	compiled, err := Compile(benchmarks["header"], Request)
	if err != nil {
		t.Fatal(err)
	}
	scope := &request{header{"X": {"eu"}}}
	if n := testing.AllocsPerRun(1000, func() { _, err = compiled.Text(scope) }); n > 2 || err != nil {
		t.Errorf("%v allocations, want at most 2; error %v", n, err)
	}
}
