package generator

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const topicsDocument = `asyncapi: 3.1.0
info: { title: Topics, version: 1.0.0 }
x-kafka-endpoint:
  configuration: { bootstrapServers: "127.0.0.1:9092" }
  sharedConfigurationOverride: { producer: { enabled: true } }
channels:
  orders:
    address: orders
    bindings: { kafka: { partitions: 3 } }
  stock:
    address: stock.{place}.{kind}
    parameters:
      place: { enum: [berlin, lyon] }
      kind: { default: all }
    bindings: { kafka: { partitions: 2 } }
  free:
    address: free.{id}
    parameters: { id: {} }
  listed:
    address: not.a.topic
    x-kafka-endpoint: { sharedConfigurationOverride: { producer: { topics: [orders, audit, "audit.{#node.id}"] } } }
operations:
  placeOrder: { action: receive, channel: { $ref: "#/channels/orders" }, x-kafka-entrypoints: { http-post: { path: /orders } } }
  moveStock: { action: receive, channel: { $ref: "#/channels/stock" }, x-kafka-entrypoints: { http-post: { path: "/stock/{place}" } } }
  free: { action: receive, channel: { $ref: "#/channels/free" }, x-kafka-entrypoints: { http-post: { path: "/free/{id}" } } }
  listed: { action: receive, channel: { $ref: "#/channels/listed" }, x-kafka-entrypoints: { http-post: { path: /listed } } }
  silent: { action: receive, channel: { $ref: "#/channels/orders" } }
`

func TestTopics(t *testing.T) {
	file := filepath.Join(t.TempDir(), "topics.yaml")
	if err := os.WriteFile(file, []byte(topicsDocument), 0o600); err != nil {
		t.Fatal(err)
	}
	options := Options{Out: t.TempDir(), Module: "example.com/generated", Root: filepath.Dir(file)}
	result, err := Generate(t.Context(), options, file)
	if err != nil || Failed(result.Issues) {
		t.Fatal(err, result.Issues)
	}
	want := []Topic{{"audit", 0}, {"orders", 3}, {"stock.berlin.all", 2}, {"stock.lyon.all", 2}}
	if diff := cmp.Diff(want, result.Topics); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(result.Explanations) != 1 || len(result.Explanations[0].Operations) != 4 {
		t.Errorf("explanations %+v", result.Explanations)
	}
	result, err = Generate(t.Context(), options, file, filepath.Join(t.TempDir(), "missing.yaml"))
	if err != nil || result.Topics != nil || result.Explanations != nil {
		t.Errorf("with a missing document there are topics %v, explanations %v, error %v", result.Topics, result.Explanations, err)
	}
}

func TestExplainGivesAnExample(t *testing.T) {
	explanations, issues := Explain("../specs/orders.yaml")
	if Failed(issues) {
		t.Fatal(issues)
	}
	got := map[string]string{}
	for _, op := range explanations[0].Operations {
		got[op.Name] = op.Example
	}
	want := map[string]string{
		"placeOrder": `{"orderId":"A-1001","quantity":1,"sku":"AB-1234"}`, "orderEvents": "",
		"moveStock": `{"delta":1,"sku":"text"}`, "watchStock": "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestExampleRoutes: the paths of examples have values, and routes that not everybody may use say so.
func TestExampleRoutes(t *testing.T) {
	explanations, issues := Explain("../specs/tenants.yaml")
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	var got []string
	for _, op := range explanations[0].Operations {
		for _, r := range op.Routes {
			got = append(got, fmt.Sprintf("%s %v", r.Example, r.Guarded))
		}
	}
	want := []string{"/tenants/acme/orders false", "/tenants/acme/invoices true", "/tenants/acme/events false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
