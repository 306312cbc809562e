package auth

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/test/issuer"
	"github.com/penstock-dev/penstock/test/lines"
)

// BenchmarkAuthenticate is what authentication adds to a request.
func BenchmarkAuthenticate(b *testing.B) {
	i := issuer.Start(b)
	for name, test := range map[string]struct {
		scheme   endpoint.Scheme
		settings config.Verifier
		header   string
		value    string
	}{
		"key":   {keyScheme, config.Verifier{KeysFile: write(b, "ann:"+hashOf("key of ann"))}, "X-Key", "key of ann"},
		"token": {bearerScheme, config.Verifier{Issuer: i.URL, Audience: issuer.Audience}, "Authorization", "Bearer " + i.Token(nil)},
	} {
		b.Run(name, func(b *testing.B) {
			g := newGate(b, &lines.Lines{})
			p := g.Require("an operation", []endpoint.Requirement{{test.scheme}})
			if err := g.Open(map[string]config.Verifier{test.scheme.Name: test.settings}); err != nil {
				b.Fatal(err)
			}
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/", nil)
			r.Header.Set(test.header, test.value)
			c := echo.New().NewContext(r, httptest.NewRecorder())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Authenticate(c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
