package entrypoints

import (
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

func TestExpiry(t *testing.T) {
	never := NewExpiry(exchange.Caller{})
	defer never.Stop()
	if never.Done() != nil || never.Over() {
		t.Error("credentials without an end have ended")
	}
	later := NewExpiry(exchange.Caller{Identity: exchange.Identity{Expires: time.Now().Add(time.Hour)}})
	defer later.Stop()
	if later.Over() {
		t.Error("credentials ended an hour too early")
	}
	for _, life := range []time.Duration{-time.Hour, 10 * time.Millisecond} {
		e := NewExpiry(exchange.Caller{Identity: exchange.Identity{Expires: time.Now().Add(life).UTC().Round(0)}}) // as of a token: without a monotonic clock
		<-e.Done()
		if !e.Over() {
			t.Errorf("a life of %s: done, and not over", life)
		}
		e.Stop()
	}
}
