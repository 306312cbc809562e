package entrypoints

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

func TestParams(t *testing.T) {
	for _, c := range []struct {
		path string
		want map[string]string
	}{
		{"/orders/eu/7", map[string]string{"region": "eu", "id": "7"}},
		{"/orders/a%2Fb/%25", map[string]string{"region": "a/b", "id": "%"}},
		{"/orders/%C3%A9/a%20b", map[string]string{"region": "é", "id": "a b"}},
	} {
		e := echo.New()
		var got map[string]string
		e.GET("/orders/:region/:id", func(c echo.Context) (err error) {
			got, err = Params(c)
			return err
		})
		e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, c.path, nil))
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: %v", c.path, got)
		}
	}
}

func TestEchoClient(t *testing.T) {
	for _, c := range []struct {
		header, query string
		caller        exchange.Caller
		want          string
	}{
		{"", "", exchange.Caller{}, ""},
		{"X-Client-Identifier", "", exchange.Caller{ClientID: "a"}, "X-Client-Identifier"},
		{"X-Gravitee-Client-Identifier", "", exchange.Caller{ClientID: "a"}, "X-Gravitee-Client-Identifier"},
		{"", "?X-Client-Identifier=a", exchange.Caller{ClientID: "a"}, "X-Client-Identifier"},
		{"", "?X-Gravitee-Client-Identifier=a", exchange.Caller{ClientID: "a"}, "X-Gravitee-Client-Identifier"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/"+c.query, nil)
		if c.header != "" {
			r.Header.Set(c.header, "a")
		}
		h := http.Header{}
		echoClient(h, r, c.caller)
		if c.want == "" && len(h) > 0 || c.want != "" && h.Get(c.want) != "a" {
			t.Errorf("%+v: %v", c, h)
		}
	}
}

func TestLevel(t *testing.T) {
	for _, c := range []struct{ text, want, err string }{
		{"", "balanced", ""},
		{"AUTO", "balanced", ""},
		{"None", "none", ""},
		{"at_best", "at-best", ""},
		{"x", "", `qos of sse: unknown level "x"`},
	} {
		got, err := Level(endpoint.SSE, endpoint.Subscribing, c.text)
		if string(got) != c.want || c.err == "" && err != nil || c.err != "" && (err == nil || err.Error() != c.err) {
			t.Errorf("%q: %q, %v", c.text, got, err)
		}
	}
	const want = `qos of webhook: it has no level "none", it has [balanced at-best at-most-once at-least-once]`
	if _, err := Level(endpoint.Webhook, endpoint.Subscribing, "none"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
