package payload

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
)

// read reads both directions of every operation of a document.
func read(t *testing.T, text string) ([]Payloads, []*model.Schema) {
	t.Helper()
	d, issues := document.Load(fstest.MapFS{"a.yaml": {Data: []byte(text)}}, "a.yaml")
	if document.Failed(issues) {
		t.Fatal(issues)
	}
	api, issues := declared.Read(d)
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	var wanted []Operation
	for _, op := range api.Operations {
		wanted = append(wanted, Operation{op, true, true})
	}
	list, schemas, issues := Read(d, wanted)
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	return list, schemas
}

// messages lists the messages of a payload as "name schema content-type".
func messages(p *model.Payload) []string {
	var list []string
	for _, m := range p.Messages {
		list = append(list, m.Name+" "+m.Schema+" "+m.ContentType)
	}
	return list
}

// TestOtherDirection: the direction that an operation does not describe has the messages of the
// channel's other operations.
func TestOtherDirection(t *testing.T) {
	list, schemas := read(t, `asyncapi: 2.6.0
info: { title: t, version: "1" }
channels:
  orders:
    publish: { message: { messageId: order, payload: { $ref: "#/components/schemas/Order" } } }
    subscribe: { message: { messageId: event, contentType: text/plain } }
components:
  schemas:
    Order: { type: object, properties: { next: { $ref: "#/components/schemas/Order" } } }
`)
	order, event := []string{"order Order application/json"}, []string{"event  text/plain"}
	for i, p := range list {
		if diff := cmp.Diff(order, messages(p.Publish)); diff != "" {
			t.Errorf("%d publishes (-want +got):\n%s", i, diff)
		}
		if diff := cmp.Diff(event, messages(p.Subscribe)); diff != "" {
			t.Errorf("%d subscribes (-want +got):\n%s", i, diff)
		}
	}
	if len(schemas) != 1 || schemas[0].Name != "Order" || schemas[0].Dialect != model.Draft07 {
		t.Errorf("%d schemas", len(schemas))
	}
}

// TestItems: one message of an answer that is a list is an item, of a request the whole body.
func TestItems(t *testing.T) {
	list, schemas := read(t, `openapi: 3.0.3
info: { title: t, version: "1" }
paths:
  /orders:
    post:
      operationId: orders
      requestBody: { content: { application/json: { schema: { type: array, items: { type: string } } } } }
      responses: { "200": { description: ok } }
    get:
      operationId: list
      responses: { "200": { description: ok, content: { application/json: { schema: { type: array, items: { type: string } } } } } }
`)
	if diff := cmp.Diff([]string{"orders ordersRequest application/json"}, messages(list[0].Publish)); diff != "" {
		t.Errorf("publish (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"list listItem application/json"}, messages(list[1].Subscribe)); diff != "" {
		t.Errorf("subscribe (-want +got):\n%s", diff)
	}
	got := map[string]any{}
	for _, s := range schemas {
		got[s.Name] = s.JSON
	}
	text := map[string]any{"type": "string"}
	want := map[string]any{"ordersRequest": map[string]any{"type": "array", "items": text}, "listItem": text}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("schemas (-want +got):\n%s", diff)
	}
}
