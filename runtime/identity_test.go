package runtime

import (
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

func TestCaller(t *testing.T) {
	known := &exchange.Known{Identity: exchange.Identity{Subject: "ann", Claims: map[string]any{"tenant": "eu"}}}
	if got := Caller(exchange.With(t.Context(), known)); got.Subject != "ann" || got.Claims["tenant"] != "eu" {
		t.Errorf("got %+v", got)
	}
	if got := Caller(t.Context()); got.Subject != "" || got.Claims != nil {
		t.Errorf("a context without a request has the caller %+v", got)
	}
}
