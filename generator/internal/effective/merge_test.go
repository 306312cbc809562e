package effective

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
)

// root has two groups; what stands below it is for the operation.
const root = `asyncapi: 3.1.0
info: { title: t, version: "1" }
x-kafka-endpoint-groups:
  - name: first
    sharedConfiguration: { producer: { topics: [shared] } }
    endpoints:
      - { name: a, inheritConfiguration: true, configuration: { bootstrapServers: "a:1" } }
      - { name: b, configuration: { bootstrapServers: "b:1" } }
  - name: second
    loadBalancer: { type: random }
    endpoints:
      - { name: c, configuration: { bootstrapServers: "c:1" } }
channels:
  orders:
    address: orders.{region}
    parameters: { region: { default: eu } }
    x-kafka-entrypoints: { http-post: { path: /orders } }
operations:
  place:
    action: receive
    channel: { $ref: "#/channels/orders" }
`

// merge merges the annotations of a document whose only operation ends with a text.
func merge(t *testing.T, below string) (*Operation, []string) {
	t.Helper()
	d, issues := document.Load(fstest.MapFS{"a.yaml": {Data: []byte(root + below)}}, "a.yaml")
	if document.Failed(issues) {
		t.Fatal(issues)
	}
	api, issues := declared.Read(d)
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	all, issues := Merge(d, api)
	if len(all) != 1 {
		t.Fatalf("%d operations are exposed", len(all))
	}
	var texts []string
	for _, issue := range issues {
		texts = append(texts, issue.String())
	}
	return all[0], texts
}

// TestChoiceOfGroup: the name of a patch chooses the group, and what of it is changed.
func TestChoiceOfGroup(t *testing.T) {
	for _, c := range []struct {
		name, patch string
		group       string
		weights     map[string]any
	}{
		{"none", "", "first", map[string]any{"a": nil, "b": nil}},
		{"without a name", "x-kafka-endpoint: { weight: 7 }", "first", map[string]any{"a": 7, "b": nil}},
		{"of an endpoint", "x-kafka-endpoint: { name: b, weight: 7 }", "first", map[string]any{"a": nil, "b": 7}},
		{"of the group", "x-kafka-endpoint: { name: first, weight: 7 }", "first", map[string]any{"a": 7, "b": 7}},
		{"of another group", "x-kafka-endpoint: { name: c, weight: 7 }", "second", map[string]any{"c": 7}},
	} {
		t.Run(c.name, func(t *testing.T) {
			op, issues := merge(t, "    "+c.patch+"\n")
			if len(issues) > 0 || op.Endpoints.Bad || op.Endpoints.Group != c.group {
				t.Errorf("group %q, issues %q", op.Endpoints.Group, issues)
			}
			got := map[string]string{}
			for _, e := range op.Endpoints.List {
				got[e.Name] = string(jsonOf(e.Value["weight"]))
			}
			want := map[string]string{}
			for name, weight := range c.weights {
				want[name] = string(jsonOf(weight))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("weights (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnknownName(t *testing.T) {
	op, issues := merge(t, "    x-kafka-endpoint: { name: secund }\n")
	want := []string{`a.yaml:22:31: there is no endpoint or group "secund": did you mean "second"? (/operations/place/x-kafka-endpoint/name)`}
	if diff := cmp.Diff(want, issues); diff != "" || !op.Endpoints.Bad {
		t.Errorf("bad is %t, issues (-want +got):\n%s", op.Endpoints.Bad, diff)
	}
}

// TestNamedTopic: the address is stronger than the topics of the root, and weaker than those of the
// operation.
func TestNamedTopic(t *testing.T) {
	op, _ := merge(t, "")
	if op.Named.Str() != "orders.{region}" || op.Endpoints.List[0].HasTopics(Producer) {
		t.Errorf("the topic is %q, the endpoint has %v", op.Named.Str(), op.Endpoints.List[0].Section(Producer))
	}
	if got := op.Topic.Defaults["region"]; got != "eu" {
		t.Errorf("the region is %q by default", got)
	}
	op, _ = merge(t, "    x-kafka-endpoint: { name: first, sharedConfigurationOverride: { producer: { topics: [own] } } }\n")
	if op.Named != nil || !op.Endpoints.List[0].HasTopics(Producer) {
		t.Errorf("the topic is %q, the endpoint has %v", op.Named.Str(), op.Endpoints.List[0].Section(Producer))
	}
}

// TestAllow: the operation's entry is in force, and the one that it replaces is still known.
func TestAllow(t *testing.T) {
	op, _ := merge(t, "    x-kafka-allow: { producer.topics: [a, b*] }\nx-kafka-allow: { producer.topics: [c], groupId: [d] }\n")
	want := map[string][]string{"producer.topics": {"a", "b*"}, "groupId": {"d"}}
	if diff := cmp.Diff(want, op.Allow.Lists()); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
	if len(op.Allow.Written) != 3 {
		t.Errorf("%d entries are written", len(op.Allow.Written))
	}
}
