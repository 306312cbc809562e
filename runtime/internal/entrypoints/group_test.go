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

// TestGroupIDOfASubjectLikeAnAddress has a caller who signed up under the address of another one,
// whom the operation lets in without credentials.
func TestGroupIDOfASubjectLikeAnAddress(t *testing.T) {
	for _, address := range []string{"192.0.2.1", "2001:db8::1", "fe80::1%eth0"} {
		anonymous := GroupID("shop", "watchOrders", endpoint.SSE, exchange.Caller{Address: address})
		named := GroupID("shop", "watchOrders", endpoint.SSE, exchange.Caller{Identity: exchange.Identity{Subject: address}, Address: "198.51.100.7"})
		if anonymous == named {
			t.Errorf("subject %q is in the group of the address: %s", address, named)
		}
	}
}
