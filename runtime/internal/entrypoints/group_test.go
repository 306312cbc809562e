package entrypoints

import (
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

func TestGroupID(t *testing.T) {
	const address, alice = "37fcff24bf62035b", "2bd806c97f0e00af"
	for _, c := range []struct {
		api, operation string
		kind           endpoint.Kind
		caller         exchange.Caller
		want           string
	}{
		{"shop", "watchOrders", endpoint.SSE, exchange.Caller{Address: "192.0.2.1"}, "shop.watchOrders." + address},
		{"shop", "watchOrders", endpoint.HTTPGet, exchange.Caller{Address: "192.0.2.1"}, "shop.watchOrders.pull." + address},
		{"shop", "GET /orders/{é}", endpoint.WebSocket, exchange.Caller{Address: "192.0.2.1"}, "shop.GET--orders-----." + address},
		{"shop", "watchOrders", endpoint.SSE, exchange.Caller{Identity: exchange.Identity{Subject: "alice"}, Address: "192.0.2.1"}, "shop.watchOrders." + alice},
		{"shop", "watchOrders", endpoint.SSE, exchange.Caller{Address: "192.0.2.1", ClientID: "till-7"}, "shop.watchOrders." + address + ".till-7"},
	} {
		got := GroupID(c.api, c.operation, c.kind, c.caller)
		if got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
