package config

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

var orders = Names{API: "orders", Endpoints: []string{"default", "eu-west"}, Operations: []string{"placeOrder", "list/orders"}}

func TestResolve(t *testing.T) {
	cfg := load(t, `
apis:
  orders:
    basePath: /v1
    endpoints:
      default: { configuration: { bootstrapServers: "a:1" }, sharedConfigurationOverride: { consumer: { topics: null } } }
    operations:
      placeOrder: { http-post: { enabled: false } }
`,
		"PENSTOCK_APIS__ORDERS__ENDPOINTS__DEFAULT__CONFIGURATION__BOOTSTRAPSERVERS=b:2",
		"PENSTOCK_APIS__ORDERS__ENDPOINTS__EU_WEST__SHAREDCONFIGURATIONOVERRIDE__SECURITY__SSL__KEYSTORE__PASSWORD=geheim",
		"PENSTOCK_APIS__ORDERS__OPERATIONS__LIST_ORDERS__HTTP_GET__MESSAGESLIMITCOUNT=10",
		"PENSTOCK_APIS__ORDERS__OPERATIONS__LIST_ORDERS__HTTP_GET__QOS=none")
	api, err := cfg.APIs.Resolve(orders)
	if err != nil {
		t.Fatal(err)
	}
	if api.BasePath != "/v1" {
		t.Errorf("base path is %q", api.BasePath)
	}
	for pointer, pair := range map[string][2]any{
		"default": {api.Endpoints["default"], map[string]any{
			"configuration": map[string]any{"bootstrapServers": "b:2"}, "sharedConfigurationOverride": map[string]any{"consumer": map[string]any{"topics": nil}},
		}},
		"placeOrder": {api.Operations["placeOrder"], map[string]any{"http-post": map[string]any{"enabled": false}}},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: got %v, want %v", pointer, pair[0], pair[1])
		}
	}
	if got := fmt.Sprint(api.Operations["list/orders"]); got != "map[http-get:map[messagesLimitCount:10 qos:none]]" {
		t.Errorf("got %s", got)
	}
	if got := fmt.Sprint(api.Endpoints["eu-west"]); !strings.Contains(got, "keystore:map[password:geheim]") {
		t.Errorf("got %s", got)
	}
	for pointer, want := range map[string][2]string{
		"/endpoints/default/configuration/bootstrapServers": {
			"PENSTOCK_APIS__ORDERS__ENDPOINTS__DEFAULT__CONFIGURATION__BOOTSTRAPSERVERS", "/endpoints/default/configuration/bootstrapServers",
		},
		"/basePath":                            {"gateway.yaml:4:5", "/basePath"},
		"/operations/placeOrder/http-post/qos": {"gateway.yaml:8:21", "/operations/placeOrder/http-post"},
		"/endpoints/other":                     {"gateway.yaml:5:5", "/endpoints"},
		"/allow":                               {},
	} {
		if place, at := api.Place(pointer); place != want[0] || at != want[1] {
			t.Errorf("%s: written at %q %q, want %q", pointer, place, at, want)
		}
	}
	if err := cfg.APIs.Unused(); err != nil {
		t.Error(err)
	}
	if text := fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg); strings.Contains(text, "geheim") {
		t.Errorf("the configuration prints a secret: %s", text)
	}
}

func TestNamesAreChecked(t *testing.T) {
	cfg := load(t, `
apis:
  orders: { endpoints: { deflaut: {} }, operations: { placeorder: {} } }
  order: {}
`,
		"PENSTOCK_APIS__ORDERS__ENDPOINTS__DEFAULT__CONFIGURATION__BOOTSTRAPSERVER=b:2",
		"PENSTOCK_APIS__OTHER__BASEPATH=/x",
		"PENSTOCK_APIS__ORDERS__ENDPOINTS__EU_WEST__WEIGHT=heavy")
	_, err := cfg.APIs.Resolve(orders)
	want := strings.Join([]string{
		`PENSTOCK_APIS__ORDERS__ENDPOINTS__EU_WEST__WEIGHT: must be a whole number, not a string (/apis/orders/endpoints/eu-west/weight)`,
		`gateway.yaml:3:26: api "orders" has no endpoint "deflaut"; did you mean "default"? (/apis/orders/endpoints/deflaut)`,
		`gateway.yaml:3:55: api "orders" has no operation "placeorder"; did you mean "placeOrder"? (/apis/orders/operations/placeorder)`,
	}, "\n")
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	want = strings.Join([]string{
		`gateway.yaml:4:3: no api "order" is served; did you mean "orders"? (/apis/order)`,
		`PENSTOCK_APIS__ORDERS__ENDPOINTS__DEFAULT__CONFIGURATION__BOOTSTRAPSERVER: unknown variable; ` +
			`did you mean "PENSTOCK_APIS__ORDERS__ENDPOINTS__DEFAULT__CONFIGURATION__BOOTSTRAPSERVERS"?`,
		`PENSTOCK_APIS__OTHER__BASEPATH: unknown variable; did you mean "PENSTOCK_APIS__ORDERS__BASEPATH"?`,
	}, "\n")
	if err := cfg.APIs.Unused(); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestAmbiguousNamesAreForTheFile(t *testing.T) {
	cfg := load(t, "", "PENSTOCK_APIS__ORDERS__OPERATIONS__GET_ONE__SSE__ENABLED=false")
	_, err := cfg.APIs.Resolve(Names{API: "orders", Operations: []string{"get-one", "get/one", "other"}})
	want := `PENSTOCK_APIS__ORDERS__OPERATIONS__GET_ONE__SSE__ENABLED: ` +
		`may mean apis.orders.operations.get-one.sse.enabled or apis.orders.operations.get/one.sse.enabled: write it in the file`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := cfg.APIs.Unused(); err != nil {
		t.Errorf("reported twice: %v", err)
	}
}

func TestVariablesAlone(t *testing.T) {
	cfg, err := Load("", []string{"PENSTOCK_APIS__ORDERS__BASEPATH=/v3", "PENSTOCK_APIS__ORDERS__OPERATIONS__PLACEORDER__SSE__ENABLED=false"})
	if err != nil {
		t.Fatal(err)
	}
	api, err := cfg.APIs.Resolve(orders)
	if err != nil || api.BasePath != "/v3" || fmt.Sprint(api.Operations) != "map[placeOrder:map[sse:map[enabled:false]]]" {
		t.Errorf("got %+v, %v", api, err)
	}
	if other, err := cfg.APIs.Resolve(Names{API: "other"}); err != nil || other.BasePath != "" || len(other.Operations) > 0 {
		t.Errorf("got %+v, %v", other, err)
	}
}
