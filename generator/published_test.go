package generator

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/penstock-dev/penstock/generator/internal/document"
)

// TestPublished checks the documents that a gateway publishes about itself: they are valid by
// their specifications, and say nothing of Kafka.
func TestPublished(t *testing.T) {
	names := []string{"../specs/orders.yaml", "../specs/telemetry.yaml", "../specs/legacy.yaml", "../specs/tenants.yaml"}
	for _, id := range corpus(t) {
		name := corpusDocument(t, id)
		if _, issues := load(document.Disk{}, []string{name}); !Failed(issues) {
			names = append(names, name)
		}
	}
	openAPIs, asyncAPIs := 0, 0
	for _, name := range names {
		_, tree, issues := compile(document.Disk{}, []string{name}, target{pkg: "generated"})
		if Failed(issues) {
			t.Fatalf("%s: %q", name, issues)
		}
		for _, pkg := range tree.Packages {
			if pkg.OpenAPI != nil {
				openAPIs++
				validOpenAPI(t, pkg.API, pkg.OpenAPI)
			}
			if pkg.AsyncAPI != nil {
				asyncAPIs++
				validAsyncAPI(t, pkg.API, pkg.AsyncAPI)
			}
			text := string(pkg.OpenAPI) + string(pkg.AsyncAPI)
			for _, secret := range []string{"x-kafka", "127.0.0.1:9092", "kafka:9092"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s: %q stands in a published document", pkg.API, secret)
				}
			}
		}
	}
	if openAPIs < 10 || asyncAPIs < 5 {
		t.Errorf("%d OpenAPI and %d AsyncAPI documents, want at least 10 and 5", openAPIs, asyncAPIs)
	}
}

func validOpenAPI(t *testing.T, api string, text []byte) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Errorf("%s: openapi.json cannot be read: %v", api, err)
		return
	}
	if err := doc.Validate(t.Context(), openapi3.DisableExamplesValidation()); err != nil {
		t.Errorf("%s: openapi.json is not valid: %v", api, err)
	}
}

func validAsyncAPI(t *testing.T, api string, text []byte) {
	t.Helper()
	d, issues := document.Load(fstest.MapFS{"asyncapi.json": {Data: text}}, "asyncapi.json")
	if d == nil || len(issues) > 0 {
		t.Errorf("%s: asyncapi.json is not valid: %q", api, issues[:min(len(issues), 3)])
	}
}

// TestPublishedAck: only level at-least-once has the parameter ack.
func TestPublishedAck(t *testing.T) {
	text, err := os.ReadFile("../specs/orders.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for level, want := range map[string]bool{"at-least-once": true, "at-most-once": false} {
		changed := strings.Replace(string(text), "http-get: { path: /orders, qos: balanced", "http-get: { path: /orders, qos: "+level, 1)
		_, tree, issues := compile(fstest.MapFS{"orders.yaml": {Data: []byte(changed)}}, []string{"orders.yaml"}, target{pkg: "generated"})
		if len(issues) > 0 {
			t.Fatalf("issues: %q", issues)
		}
		doc, err := openapi3.NewLoader().LoadFromData(tree.Packages[0].OpenAPI)
		if err != nil {
			t.Fatal(err)
		}
		if got := doc.Paths.Value("/orders").Get.Parameters.GetByInAndName("query", "ack") != nil; got != want {
			t.Errorf("%s: ack is described: %v", level, got)
		}
	}
}

// TestPublishedOrders checks that the routes are those that the gateway serves, and no others.
func TestPublishedOrders(t *testing.T) {
	_, tree, issues := compile(document.Disk{}, []string{"../specs/orders.yaml"}, target{pkg: "generated"})
	if len(issues) > 0 {
		t.Fatalf("issues: %q", issues)
	}
	doc, err := openapi3.NewLoader().LoadFromData(tree.Packages[0].OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			line := method + " " + path + " " + op.OperationID
			for _, p := range op.Parameters {
				line += " " + p.Value.Name
			}
			line += " →"
			var statuses []string
			for status := range op.Responses.Map() {
				statuses = append(statuses, status)
			}
			slices.Sort(statuses)
			got = append(got, line+" "+strings.Join(statuses, " "))
		}
	}
	slices.Sort(got)
	want := []string{
		"GET /orders orderEvents limit X-Client-Identifier → 200 400 404 406 409 429 500 503 504",
		"GET /orders/events orderEvents-sse Last-Event-ID cursor → 200 400 404 406 429 500 503",
		"GET /orders/ws orderEvents-websocket Sec-WebSocket-Protocol cursor → 101 400 403 404 410 426 429 500 503",
		"GET /warehouses/{warehouse}/stock watchStock warehouse Last-Event-ID cursor → 200 400 404 406 429 500 503",
		"POST /orders placeOrder Prefer → 200 202 400 404 413 415 429 500 502 503 504",
		"POST /warehouses/{warehouse}/stock moveStock warehouse x-device Prefer → 200 202 400 404 413 415 429 500 502 503 504",
	}
	if !slices.Equal(got, want) {
		t.Errorf("routes:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
