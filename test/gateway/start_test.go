package gateway

import (
	"net"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/planted"
)

// mountError is what stands in the way of a gateway, by Mount or by Handler.
func mountError(t *testing.T, s setup) string {
	t.Helper()
	r := &rig{t: t, brokers: "127.0.0.1:9", topic: "shop", garden: planted.New(t)}
	g, err := harness.New(r.whole(s))
	if err == nil {
		_, err = g.Made.Handler()
	}
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	r.garden.Look("an error", err.Error())
	return err.Error()
}

// withoutFolder cuts the test's folder out of the places of a message.
func withoutFolder(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if _, rest, ok := strings.Cut(line, "gateway.yaml:"); ok && strings.HasPrefix(line, "/") {
			lines[i] = "gateway.yaml:" + rest
		}
	}
	return strings.Join(lines, "\n")
}

func TestMountProblems(t *testing.T) {
	with := func(change func(*endpoint.Descriptor)) []runtime.Operation {
		op := operation("orders", post("none"))
		change(&op.Descriptor)
		return ops(op)
	}
	for _, test := range []struct {
		name, want string
		setup
	}{
		{
			"equal routes", `operation "one" of api "shop" and operation "two" of api "shop" both serve GET /orders as sse`,
			setup{operations: ops(operation("one", sse("none")), operation("two", post("none"), sse("none")))},
		},
		{
			"unknown names", "gateway.yaml:1:31: api \"shop\" has no operation \"order\"; did you mean \"orders\"? (/apis/shop/operations/order)",
			setup{config: "apis: { shop: { operations: { order: {} } } }"},
		},
		{
			"unknown api", "gateway.yaml:1:9: no api \"shops\" is served; did you mean \"shop\"? (/apis/shops)",
			setup{config: "apis: { shops: {} }"},
		},
		{
			"unknown variable", `PENSTOCK_APIS__SHOP__BASEPATHS: unknown variable; did you mean "PENSTOCK_APIS__SHOP__BASEPATH"?`,
			setup{environ: []string{"PENSTOCK_APIS__SHOP__BASEPATHS=/"}},
		},
		{
			"dead letter topic without acknowledgements", `operation "orders" of api "shop": websocket: deadLetterTopic is for a subscriber at level at-least-once`,
			setup{config: "apis: { shop: { operations: { orders: { websocket: { deadLetterTopic: orders.dead } } } } }"},
		},
		{
			"entrypoint that is not served", `operation "orders" of api "shop": entrypoint "webhook" is not served by this version`,
			setup{operations: with(func(d *endpoint.Descriptor) {
				d.Entrypoints = []endpoint.Entrypoint{{Kind: endpoint.Webhook, Method: "POST", Path: "/hook", Config: `{}`}}
			})},
		},
		{
			"descriptor of another api", `operation "orders" of api "shop": its descriptor is of api "other"`,
			setup{operations: with(func(d *endpoint.Descriptor) { d.API = "other" })},
		},
		{
			"store that is not there", `operation "orders" of api "shop": `,
			setup{config: "apis: { shop: { endpoints: { default: { sharedConfigurationOverride: { security: { protocol: SSL, ssl: { trustStore: { type: PEM, location: /absent.pem } } } } } } } }"},
		},
		{
			"allow list that widens", "gateway.yaml:1:26: \"*\" is wider than what the document allows: the configuration may only narrow it (/apis/shop/allow/groupId)",
			setup{config: `apis: { shop: { allow: { groupId: ["a-x", "*"] } } }`, operations: with(func(d *endpoint.Descriptor) {
				d.Allow = map[string][]string{"groupId": {"a-*"}}
			})},
		},
		{
			"middleware of no api", `middleware is added to api "shops", which is not mounted`,
			setup{use: func(gw *runtime.Gateway) { gw.Use("shops") }},
		},
		{
			"mounted twice", `api "shop" is mounted twice: from "first.yaml" and "shop.yaml"`,
			setup{use: func(gw *runtime.Gateway) {
				if err := gw.Mount(runtime.API{Name: "shop", Source: "first.yaml"}); err != nil {
					t.Error(err)
				}
			}},
		},
		{
			"mounted late", `api "shop" is mounted after the gateway has started`,
			setup{use: func(gw *runtime.Gateway) {
				if _, err := gw.Handler(); err != nil {
					t.Error(err)
				}
			}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := withoutFolder(mountError(t, test.setup)); !strings.HasPrefix(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestAddressInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for want, environ := range map[string][]string{
		"listen.address: listen tcp 127.0.0.1:": {"PENSTOCK_ADMIN__ADDRESS=127.0.0.1:0", "PENSTOCK_LISTEN__ADDRESS=" + taken.Addr().String()},
		"admin.address: listen tcp 127.0.0.1:":  {"PENSTOCK_LISTEN__ADDRESS=127.0.0.1:0", "PENSTOCK_ADMIN__ADDRESS=" + taken.Addr().String()},
	} {
		cfg, err := runtime.LoadConfig("", environ)
		if err != nil {
			t.Fatal(err)
		}
		gw, err := runtime.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := gw.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s…", err, want)
		}
	}
}

// TestConfigurationChangesTheDocument uses a file and variables as an environment would.
func TestConfigurationChangesTheDocument(t *testing.T) {
	secret := "geheim-passwort"
	r := start(t, setup{
		operations: ops(operation("orders", post("none"), get("none", `"messagesLimitDurationMs":100`), sse("none"), websocket("none"))),
		config: `
apis:
  shop:
    basePath: /v2
    operations:
      orders:
        websocket: { enabled: false }
        http-post: { path: /place }
`,
		environ: []string{
			"PENSTOCK_APIS__SHOP__OPERATIONS__ORDERS__HTTP_POST__QOS=balanced",
			"PENSTOCK_APIS__SHOP__ENDPOINTS__DEFAULT__SHAREDCONFIGURATIONOVERRIDE__CONSUMER__ENCODEMESSAGEID=false",
			"PENSTOCK_APIS__SHOP__ENDPOINTS__DEFAULT__SHAREDCONFIGURATIONOVERRIDE__SECURITY__SSL__KEYSTORE__TYPE=PEM",
			"PENSTOCK_APIS__SHOP__ENDPOINTS__DEFAULT__SHAREDCONFIGURATIONOVERRIDE__SECURITY__SSL__KEYSTORE__LOCATION=/unused.pem",
			"PENSTOCK_APIS__SHOP__ENDPOINTS__DEFAULT__SHAREDCONFIGURATIONOVERRIDE__SECURITY__SSL__KEYSTORE__PASSWORD=" + secret,
		},
	})
	got := r.Do("POST", "/v2/place", order(1), "Content-Type: application/json")
	if got.Status != 202 || got.JSON(t)["id"] != r.topic+"@0#0" {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	r.Do("POST", "/orders", order(1)).WantProblem(t, 404, "FAILURE_NOT_FOUND")
	if _, response, err := r.tryDial("/v2/orders", ""); err == nil || response.StatusCode == 101 {
		t.Error("the websocket is switched off")
	}
	if strings.Contains(r.log.String(), secret) {
		t.Error("the log has a secret")
	}
}
