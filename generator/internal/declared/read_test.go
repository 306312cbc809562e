package declared

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// load reads a document that the loader accepts.
func load(t *testing.T, name, text string) *document.Document {
	t.Helper()
	d, issues := document.Load(fstest.MapFS{name: {Data: []byte(text)}}, name)
	if document.Failed(issues) {
		t.Fatal(issues)
	}
	return d
}

// told is what the formats must say alike.
type told struct {
	Name, Topic string
	Direction   endpoint.Direction
	Regions     []string
	Servers     []string
	Messages    []string
	Own, Above  bool // x-kafka-entrypoints of the operation, of its channel
}

func tell(op *Operation) told {
	out := told{
		Name: op.Name, Topic: op.TopicName().Str(), Direction: op.Direction, Regions: op.Parameters["region"].Enum,
		Own: op.Annotations.Entrypoints != nil, Above: op.ChannelAnnotations.Entrypoints != nil,
	}
	for _, s := range op.Servers {
		out.Servers = append(out.Servers, s.Name)
	}
	for _, m := range op.Messages {
		out.Messages = append(out.Messages, m.Name)
	}
	return out
}

// TestBothAsyncAPI: the same channel in the words of AsyncAPI 2 and 3 declares the same.
func TestBothAsyncAPI(t *testing.T) {
	documents := map[string]string{
		"two.yaml": `
asyncapi: 2.6.0
info: { title: t, version: "1" }
servers:
  kafka: { url: "k:9092", protocol: kafka }
  web: { url: "wss://example.org/v1/", protocol: wss }
channels:
  orders.{region}:
    servers: [web]
    parameters: { region: { schema: { enum: [eu, us] } } }
    x-kafka-entrypoints: { sse: {} }
    publish: { operationId: place, message: { messageId: order } }
    subscribe: { operationId: watch, x-kafka-entrypoints: { http-get: {} }, message: { messageId: order } }
`,
		"three.yaml": `
asyncapi: 3.1.0
info: { title: t, version: "1" }
servers:
  kafka: { host: "k:9092", protocol: kafka }
  web: { host: example.org, pathname: /v1/, protocol: wss }
channels:
  orders:
    address: orders.{region}
    servers: [ { $ref: "#/servers/web" } ]
    parameters: { region: { enum: [eu, us] } }
    x-kafka-entrypoints: { sse: {} }
    messages: { order: {} }
operations:
  place: { action: receive, channel: { $ref: "#/channels/orders" } }
  watch: { action: send, channel: { $ref: "#/channels/orders" }, x-kafka-entrypoints: { http-get: {} } }
`,
	}
	common := told{Topic: "orders.{region}", Regions: []string{"eu", "us"}, Servers: []string{"web"}, Messages: []string{"order"}, Above: true}
	place, watch := common, common
	place.Name, place.Direction = "place", endpoint.Publishing
	watch.Name, watch.Direction, watch.Own = "watch", endpoint.Subscribing, true
	for name, text := range documents {
		api, issues := Read(load(t, name, text))
		if len(issues) > 0 {
			t.Errorf("%s: %v", name, issues)
		}
		var got []told
		for _, op := range api.Operations {
			got = append(got, tell(op))
			if len(op.Siblings) != 2 {
				t.Errorf("%s: %s has %d siblings", name, op.Name, len(op.Siblings))
			}
		}
		if diff := cmp.Diff([]told{place, watch}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if api.BasePath != "/v1" {
			t.Errorf("%s: the base path is %q", name, api.BasePath)
		}
	}
}

func TestOpenAPI(t *testing.T) {
	api, issues := Read(load(t, "Web-Shop.yaml", `
openapi: 3.1.0
info: { title: t, version: "1" }
servers: [ { url: "https://example.org/{stage}", variables: { stage: { default: beta } } } ]
paths:
  /orders/{region}:
    parameters: [ { name: region, in: path, required: true, schema: { enum: [eu, us] } } ]
    get: { responses: { "200": { description: ok } } }
    post: { operationId: place, x-kafka-entrypoints: { http-post: {} }, responses: { "200": { description: ok } } }
`))
	if len(issues) > 0 {
		t.Error(issues)
	}
	var got []told
	for _, op := range api.Operations {
		got = append(got, tell(op))
	}
	const server = "https://example.org/{stage}"
	want := []told{
		{Name: "GET /orders/{region}", Regions: []string{"eu", "us"}, Servers: []string{server}},
		{Name: "place", Regions: []string{"eu", "us"}, Servers: []string{server}, Own: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
	if api.Name != "web_shop" || api.BasePath != "/beta" {
		t.Errorf("the api is %q at %q", api.Name, api.BasePath)
	}
}

func TestPlaces(t *testing.T) {
	_, issues := Read(load(t, "a.yaml", `
asyncapi: 3.1.0
info: { title: t, version: "1" }
x-kafka-attribute: []
servers:
  kafka: { host: "k:9092", protocol: kafka, x-kafka-allow: {} }
channels:
  orders: { x-kafka-api: a }
operations: {}
`))
	want := []string{
		`a.yaml:4:1: unknown annotation "x-kafka-attribute": did you mean "x-kafka-attributes"? (/x-kafka-attribute)`,
		`a.yaml:6:45: x-kafka-allow may not stand at a server (/servers/kafka/x-kafka-allow)`,
		`a.yaml:8:13: x-kafka-api may not stand at a channel or path item (/channels/orders/x-kafka-api)`,
	}
	var got []string
	for _, issue := range issues {
		got = append(got, issue.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
}
