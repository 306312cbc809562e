package security

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/generated/orders"
	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/lines"
)

// gateway is a running gateway that serves specs/orders.yaml.
type gateway struct {
	*harness.Client
	t   *testing.T
	log *lines.Lines
}

// object is a JSON object.
type object = map[string]any

// start runs a gateway that reaches the broker by a listener. It is stopped with the test.
func start(t *testing.T, l *listener, security object) *gateway {
	t.Helper()
	patch, err := json.Marshal(object{
		"configuration":               object{"bootstrapServers": l.address()},
		"sharedConfigurationOverride": object{"security": security},
	})
	if err != nil {
		t.Fatal(err)
	}
	g := &gateway{t: t}
	t.Cleanup(g.keepsSecrets) // when it has stopped
	made := harness.Start(t, harness.Setup{
		File:  harness.WriteFile(t, t.TempDir(), "gateway.yaml", `apis: {"orders": {"endpoints": {"default": `+string(patch)+`}}}`),
		Mount: func(gw *runtime.Gateway) error { return orders.Register(gw, orders.Hooks{}) },
	})
	g.log, g.Client = made.Log, harness.NewClient(t, "http://"+made.Address)
	return g
}

// keepsSecrets wants that no password is in the log.
func (g *gateway) keepsSecrets() {
	for _, secret := range []string{"geheim", alicePassword} {
		if g.log != nil && strings.Contains(g.log.String(), secret) {
			g.t.Errorf("the log shows a secret")
		}
	}
}

// uniqueOrder gives the id of an order that no other test places.
func uniqueOrder() string { return fmt.Sprintf("T-%08x", rand.Uint32()) }

// post places an order.
func (g *gateway) post(id string) harness.Answer {
	g.t.Helper()
	return g.PostJSON("/orders", fmt.Sprintf(`{"orderId":%q,"sku":"AB-1234","quantity":1}`, id))
}

// places wants that an order is accepted.
func (g *gateway) places(id string) {
	g.t.Helper()
	if got := g.post(id); got.Status != http.StatusAccepted {
		g.t.Fatalf("got %d %s, want 202", got.Status, got.Body)
	}
}

// stream is an open stream of orders.
type stream struct {
	*harness.Stream
	t *testing.T
}

// watch opens the stream of all orders (server-sent events, level none).
func (g *gateway) watch() *stream {
	g.t.Helper()
	return &stream{g.Stream("/orders/events"), g.t}
}

// wants waits for an order; those of other tests are passed over.
func (s *stream) wants(id string) {
	s.t.Helper()
	deadline := time.Now().Add(harness.Patience)
	for time.Now().Before(deadline) {
		var order struct {
			OrderID string `json:"orderId"`
		}
		if json.Unmarshal([]byte(s.Event().Data), &order) == nil && order.OrderID == id {
			return
		}
	}
	s.t.Fatalf("%s did not come", id)
}

// refuses wants that a publish is answered with 503 and that the log tells why.
func (g *gateway) refuses(cause ...string) {
	g.t.Helper()
	got := g.post(uniqueOrder())
	got.WantProblem(g.t, http.StatusServiceUnavailable, "FAILURE_BROKER_UNAVAILABLE")
	for _, c := range cause {
		harness.Eventually(g.t, "in the log: "+c, func() bool { return strings.Contains(g.log.String(), c) })
		if strings.Contains(got.Body, c) {
			g.t.Errorf("the client is told %q", c)
		}
	}
}
