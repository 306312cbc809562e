package authentication

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock-dev/penstock/generated/orders"
	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/authentication/page"
	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/harness/document"
	"github.com/penstock-dev/penstock/test/issuer"
)

// hooks has the Go of the page, word for word: TestHook compares them.
var hooks = orders.Hooks{
	PlaceOrder: func(ctx context.Context, msg *runtime.Message[orders.OrderPlaced]) error {
		most, _ := runtime.Caller(ctx).Claims["maxQuantity"].(float64) // 0 without the claim
		if float64(msg.Payload.Quantity) > most {
			return runtime.NewError("FAILURE_FORBIDDEN", "the order is larger than you may place")
		}
		return nil
	},
}

// TestHook runs the hook of the page with the types of specs/orders.yaml, whose operation gets a
// security scheme.
func TestHook(t *testing.T) {
	source, err := os.ReadFile("hook_test.go")
	if err != nil {
		t.Fatal(err)
	}
	shown := page.Read(t, path).Code["go"]
	if indented := "\n\t" + strings.ReplaceAll(strings.TrimSuffix(shown, "\n"), "\n", "\n\t") + "\n}"; shown == "" || !strings.Contains(string(source), indented) {
		t.Fatalf("the page shows another hook than this test runs:\n%s", shown)
	}
	broker := harness.Addresses(harness.Embedded(t, kfake.SeedTopics(1, "orders")))
	i := issuer.Start(t)
	config := "auth: { oauth: { issuer: \"" + i.URL + "\", audience: \"" + issuer.Audience + "\" } }\n" +
		"apis: { orders: { endpoints: { default: { configuration: { bootstrapServers: \"" + broker + "\" } } } } }\n"
	apis := document.APIs(t, "../../specs/orders.yaml")
	for n := range apis[0].Operations {
		if op := &apis[0].Operations[n]; op.Descriptor.Operation == orders.OperationPlaceOrder {
			op.Descriptor.Security = []endpoint.Requirement{{{Name: "oauth", Type: "oauth2"}}}
			op.Publish = runtime.Typed(hooks.PlaceOrder)
		}
	}
	g := harness.Start(t, harness.Setup{File: harness.WriteFile(t, t.TempDir(), "gateway.yaml", config), Mount: harness.Mount(apis...)})
	client := harness.NewClient(t, "http://"+g.Address)
	order := func(quantity string, claims map[string]any) harness.Answer {
		return client.PostJSON("/orders", `{"orderId":"a","sku":"AB-1234","quantity":`+quantity+`}`, "Authorization: Bearer "+i.Token(claims))
	}
	order("3", map[string]any{"maxQuantity": 3}).Want(t, 202)
	for _, refused := range []harness.Answer{order("4", map[string]any{"maxQuantity": 3}), order("1", nil), order("1", map[string]any{"maxQuantity": "3"})} {
		refused.WantProblem(t, 403, "FAILURE_FORBIDDEN")
		if !strings.Contains(refused.Body, `"detail":"the order is larger than you may place"`) {
			t.Errorf("got %s", refused.Body)
		}
	}
}
