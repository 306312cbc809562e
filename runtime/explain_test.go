package runtime_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// regions is an api whose operations are configured by requests, at two endpoints.
func regions() runtime.API {
	object := func(name, brokers string) endpoint.JSON {
		return endpoint.JSON(`{"name":"` + name + `","configuration":{"bootstrapServers":"` + brokers + `"},"sharedConfigurationOverride":{` +
			`"producer":{"enabled":true},"consumer":{"enabled":true,"topics":["orders-{#request.headers['X-Region'][0]}"]}}}`)
	}
	d := endpoint.Descriptor{
		API: "regions", Operation: "watch", BasePath: "/",
		Entrypoints: []endpoint.Entrypoint{{
			Kind: endpoint.SSE, Method: "GET", Path: "/orders/{id}", Params: []endpoint.Param{{Name: "id"}},
			Config: `{"path":"/orders/{id}","qos":"none","condition":"{#request.headers['X-Closed'] == null}"}`,
		}},
		Endpoints: []endpoint.JSON{object("one", "a:9092"), object("two", "b:9092")},
		Attributes: []endpoint.Attribute{
			{Name: "gravitee.attribute.kafka.groupId", Value: `"g-{#subscription.clientId}"`, Condition: "{#subscription.clientId != null}", Source: "r.yaml:3:1"},
		},
		Allow:  map[string][]string{"consumer.topics": {"orders-e*"}},
		Origin: []endpoint.Origin{{Endpoint: "one", Pointer: "/configuration/bootstrapServers", Source: "r.yaml:5:1"}},
	}
	return runtime.API{Name: "regions", Operations: []runtime.Operation{{Descriptor: d}}}
}

func explainRegions(t *testing.T, cfg runtime.Config, target, headers string, claims map[string]any) (runtime.Explanation, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost"+target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(headers) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		r.Header.Add(name, value)
	}
	return runtime.Explain(cfg, []runtime.API{regions()}, r, claims)
}

func TestExplain(t *testing.T) {
	cfg, err := runtime.LoadConfig("", nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := explainRegions(t, cfg, "/orders/1", "X-Region: eu", map[string]any{"sub": "ann"})
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]bool{"/configuration/bootstrapServers": true, "/sharedConfigurationOverride/consumer/topics": true, "groupId": true}
	for i := range got.Endpoints {
		var kept []runtime.ExplainedValue
		for _, v := range got.Endpoints[i].Values {
			if wanted[v.Pointer] {
				kept = append(kept, v)
			}
		}
		got.Endpoints[i].Values = kept
	}
	values := func(brokers, source string) []runtime.ExplainedValue {
		return []runtime.ExplainedValue{
			{Pointer: "/configuration/bootstrapServers", Value: `"` + brokers + `"`, Source: source},
			{Pointer: "/sharedConfigurationOverride/consumer/topics", Value: `["orders-eu"]`, Source: "default"},
			{Pointer: "groupId", Value: `"g-ann"`, Source: "attribute gravitee.attribute.kafka.groupId (r.yaml:3:1)"},
		}
	}
	want := runtime.Explanation{API: "regions", Operation: "watch", Entrypoint: "sse", Endpoints: []runtime.ExplainedEndpoint{
		{Name: "one", Values: values("a:9092", "r.yaml:5:1")}, {Name: "two", Values: values("b:9092", "default")},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("explanation (-want +got):\n%s", diff)
	}
}

// TestExplainRefusals: what a client would see, and why.
func TestExplainRefusals(t *testing.T) {
	cfg, err := runtime.LoadConfig("", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		target, headers string
		status          int
		problem, cause  string
	}{
		{"/orders/1", "X-Region: us", 403, `"detail":"consumer.topics: \"orders-us\" is not allowed"`, "FAILURE_NOT_ALLOWED"},
		{"/orders/1", "X-Region: eu\nX-Closed: yes", 403, `"code":"FAILURE_FORBIDDEN"`, "the condition of this operation does not hold"},
		{"/orders/1", "", 500, `"code":"FAILURE_CONFIGURATION_INVALID"`, "consumer"},
		{"/other", "", 404, `"code":"FAILURE_NOT_FOUND"`, "no operation of the documents answers GET /other"},
	} {
		_, err := explainRegions(t, cfg, test.target, test.headers, nil)
		var refused *runtime.Refusal
		if !errors.As(err, &refused) {
			t.Errorf("%s %q: got %v, want a refusal", test.target, test.headers, err)
			continue
		}
		if refused.Status != test.status || !strings.Contains(string(refused.Problem), test.problem) || !strings.Contains(refused.Cause.Error(), test.cause) {
			t.Errorf("%s %q: got %d %s (%v), want %d %s (%s)", test.target, test.headers, refused.Status, refused.Problem, refused.Cause, test.status, test.problem, test.cause)
		}
	}
}
