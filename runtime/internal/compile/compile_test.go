package compile

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// clients keeps what was asked of it. It is the one cluster that there is.
type clients struct {
	target      cluster.Target
	requested   bool
	level       endpoint.QoS
	compression string
	reading     qos.Reading
	held        int // clusters that were held and not released
	unusable    bool
	stream      qos.Stream
	openErr     error
}

func (c *clients) Hold(t cluster.Target, requested bool) (qos.Cluster, func(), error) {
	c.target, c.requested = t, requested
	c.held++
	return c, func() { c.held-- }, nil
}

func (c *clients) Open(_ context.Context, r qos.Reading) (qos.Stream, error) {
	c.reading = r
	return c.stream, c.openErr
}

func (c *clients) Sink(level endpoint.QoS, compression string) (qos.Sink, error) {
	c.level, c.compression = level, compression
	return nil, nil
}

func (c *clients) Usable() bool { return !c.unusable }

func descriptor() endpoint.Descriptor {
	return endpoint.Descriptor{
		API: "orders", Operation: "placeOrder", BasePath: "/v1",
		Endpoints: []endpoint.JSON{`{"name":"default","configuration":{"bootstrapServers":"a:1"},"sharedConfigurationOverride":{` +
			`"producer":{"enabled":true,"compressionType":"zstd"},"consumer":{"enabled":true,"removeConfluentHeader":true}}}`},
		Entrypoints: []endpoint.Entrypoint{
			{Kind: endpoint.HTTPPost, Method: "POST", Path: "/orders/{region}", Params: []endpoint.Param{{Name: "region", Enum: []string{"eu", "us"}}}, Config: `{"qos":"balanced"}`},
			{Kind: endpoint.SSE, Method: "GET", Path: "/orders/{region}", Params: []endpoint.Param{{Name: "region", Enum: []string{"eu", "us"}}}, Config: `{"qos":"none"}`},
		},
		Topic:     endpoint.Topic{Template: "orders.{region}", Params: []endpoint.Param{{Name: "region", Enum: []string{"eu", "us"}}}},
		Subscribe: endpoint.Payload{Name: "OrderPlaced"},
		Origin: []endpoint.Origin{
			{Pointer: "/configuration/bootstrapServers", Source: "orders.yaml:3:5"},
			{Pointer: "/http-post", Source: "orders.yaml:9:3"},
		},
	}
}

// resolve reads a configuration file about the descriptor.
func resolve(t *testing.T, d endpoint.Descriptor, text string) config.API {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("gateway.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load("gateway.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	api, err := cfg.APIs.Resolve(config.Names{API: d.API, Endpoints: Endpoints(d), Operations: []string{d.Operation}})
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func compileFrom(t *testing.T, d endpoint.Descriptor, text string) (Output, *clients, error) {
	t.Helper()
	c := &clients{}
	out, err := Operation(Input{Descriptor: d, Config: resolve(t, d, text), Clients: c, Log: slog.New(slog.DiscardHandler)})
	return out, c, err
}

// in is a request with a region.
func in(region string) *exchange.Exchange {
	return &exchange.Exchange{
		Kind: endpoint.HTTPPost, Request: httptest.NewRequest(http.MethodPost, "/v1/orders/"+region, nil),
		Params: map[string]string{"region": region}, Attributes: &core.Attributes{},
	}
}

func TestOperation(t *testing.T) {
	out, c, err := compileFrom(t, descriptor(), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Entrypoints) != 2 || out.Entrypoints[0].Path != "/v1/orders/{region}" {
		t.Errorf("entrypoints are %+v", out.Entrypoints)
	}
	pub, err := out.Operation.Publish.Prepare(in("eu"), endpoint.Balanced)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pub.Sink(); err != nil || c.level != endpoint.Balanced || c.compression != "zstd" {
		t.Errorf("the sink is of level %q, compression %q, %v", c.level, c.compression, err)
	}
	opened, err := out.Operation.Subscribe.Open(t.Context(), in("eu"), qos.Reading{Kind: endpoint.SSE, Level: endpoint.None})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := opened.DeadLetters(); err != nil || c.level != endpoint.AtLeastOnce || c.compression != "zstd" {
		t.Errorf("dead letters are of level %q, compression %q, %v", c.level, c.compression, err)
	}
	if !slices.Equal(c.target.Brokers, []string{"a:1"}) {
		t.Errorf("brokers are %q", c.target.Brokers)
	}
	names, err := pub.Address(&core.Record{})
	if err != nil || !slices.Equal(names, []string{"orders.eu"}) {
		t.Errorf("topics are %q, %v", names, err)
	}
	if _, err := out.Operation.Subscribe.Open(t.Context(), in("asia"), qos.Reading{Level: endpoint.None}); core.CodeOf(err) != core.CodeInvalidRequest {
		t.Errorf("a region beyond its enumeration: %v", err)
	}
	if c.held != 1 {
		t.Errorf("the cluster is held %d times, want once, from the start on", c.held)
	}
	if r := c.reading; r.Reset != qos.Latest || r.Level != endpoint.None || r.CheckTopic || r.Transform == nil {
		t.Errorf("the reading is %+v", r)
	}
	if s := out.Operation.Subscribe; s.EventName != "OrderPlaced" || !opened.EncodeIDs || !s.WritesDeadLetters {
		t.Errorf("event %q, encoded %v, dead letters %v", s.EventName, opened.EncodeIDs, s.WritesDeadLetters)
	}
}

func TestConfigurationWins(t *testing.T) {
	out, c, err := compileFrom(t, descriptor(), `
apis:
  orders:
    basePath: /v2
    endpoints:
      default:
        configuration: { bootstrapServers: "b:2,c:3" }
        sharedConfigurationOverride:
          producer: { topics: [two, one, two] }
          consumer: { autoOffsetReset: earliest, checkTopicExistence: true, encodeMessageId: false, removeConfluentHeader: null }
    operations:
      placeOrder:
        http-post: { path: "/{region}/orders", qos: none }
        sse: { enabled: false }
`)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Entrypoints) != 1 || out.Entrypoints[0].Path != "/v2/{region}/orders" || !strings.Contains(string(out.Entrypoints[0].Config), `"qos":"none"`) {
		t.Errorf("entrypoints are %+v", out.Entrypoints)
	}
	if out.Operation.Subscribe != nil {
		t.Error("nothing subscribes any more")
	}
	pub, err := out.Operation.Publish.Prepare(in("eu"), endpoint.None)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pub.Sink(); err != nil || !slices.Equal(c.target.Brokers, []string{"b:2", "c:3"}) {
		t.Errorf("brokers are %q, %v", c.target.Brokers, err)
	}
	if names, err := pub.Address(&core.Record{}); err != nil || !slices.Equal(names, []string{"two", "one"}) {
		t.Errorf("topics are %q, %v", names, err)
	}
	if _, err := out.Operation.Publish.Prepare(in("asia"), endpoint.None); err == nil ||
		err.Error() != `FAILURE_INVALID_REQUEST: path parameter "region" is not one of eu, us` {
		t.Errorf("got %v", err)
	}
}

func TestPublisherOpensItsClusterAtStart(t *testing.T) {
	d := descriptor()
	d.Entrypoints = d.Entrypoints[:1]
	out, c, err := compileFrom(t, d, "")
	if err != nil || out.Operation.Subscribe != nil {
		t.Fatalf("got %+v, %v, want a publisher alone", out.Operation, err)
	}
	if c.target.Key() == "" {
		t.Error("nobody asked for the cluster: a store that cannot be read shows with the first message")
	}
}

func TestEverythingOff(t *testing.T) {
	out, _, err := compileFrom(t, descriptor(), "apis: { orders: { operations: { placeOrder: { http-post: null, sse: { enabled: false } } } } }")
	if err != nil || len(out.Entrypoints) != 0 {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestProblems(t *testing.T) {
	change := func(from, to string) func(*endpoint.Descriptor) {
		return func(d *endpoint.Descriptor) {
			d.Endpoints = []endpoint.JSON{endpoint.JSON(strings.ReplaceAll(string(d.Endpoints[0]), from, to))}
		}
	}
	for _, test := range []struct {
		name, text string
		change     func(*endpoint.Descriptor)
		want       string
	}{
		{
			"value of the file", "apis:\n  orders:\n    endpoints:\n      default:\n        configuration: { bootstrapServers: null }\n", nil,
			`gateway.yaml:5:9: operation "placeOrder" of api "orders": bootstrapServers is missing (/configuration)`,
		},
		{
			"value of the document", "apis: { orders: { endpoints: { default: { weight: 2 } } } }", change("a:1", "nonsense"),
			`orders.yaml:3:5: operation "placeOrder" of api "orders": bootstrap servers are written host:port, several separated by commas, not "nonsense" (/configuration/bootstrapServers)`,
		},
		{
			"entrypoint that is not there", "apis: { orders: { operations: { placeOrder: { websocket: {} } } } }", nil,
			`gateway.yaml:1:47: operation "placeOrder" of api "orders": the document has no such entrypoint: the configuration may change one or switch it off, not add it (/websocket)`,
		},
		{
			"path without the parameter", "apis: { orders: { operations: { placeOrder: { http-post: { path: /orders } } } } }", nil,
			`gateway.yaml:1:60: operation "placeOrder" of api "orders": path "/orders" must have the parameters of the document's "/orders/{region}" (/http-post/path)`,
		},
		{
			"producer off", "", change(`"producer":{"enabled":true`, `"producer":{"enabled":false`),
			`operation "placeOrder" of api "orders": http-post publishes, but the producer of endpoint "default" is not enabled`,
		},
		{
			"consumer off", "", change(`"consumer":{"enabled":true`, `"consumer":{"enabled":false`),
			`operation "placeOrder" of api "orders": sse subscribes, but the consumer of endpoint "default" is not enabled`,
		},
		{
			"pattern", "", change(`"removeConfluentHeader":true`, `"topicPattern":"(?!a).*"`),
			`operation "placeOrder" of api "orders": look-ahead (?!…)`,
		},
		{
			"expression", "apis: { orders: { endpoints: { default: { sharedConfigurationOverride: { security: { protocol: SSL, ssl: { trustStore: { type: PEM, location: \"{#secrets.get('/env/X')}\" } } } } } } } }", nil,
			`operation "placeOrder" of api "orders": security.ssl.trustStore.location (gateway.yaml:1:133): character 11: this gateway has no secrets`,
		},
		{
			"login", "apis: { orders: { endpoints: { default: { sharedConfigurationOverride: { security: { protocol: SASL_SSL, sasl: { saslMechanism: PLAIN, saslJaasConfig: \"a.B required password=geheim;\" } } } } } } }", nil,
			`operation "placeOrder" of api "orders": endpoint "default": security.sasl.saslJaasConfig: line 1, column 1: this is not the login module of saslMechanism PLAIN: write org.apache.kafka.common.security.plain.PlainLoginModule`,
		},
		{
			"no topic", "", func(d *endpoint.Descriptor) { d.Topic = endpoint.Topic{} },
			`operation "placeOrder" of api "orders": producer.topics is missing: neither the endpoint nor the document names a topic` + "\n" +
				`operation "placeOrder" of api "orders": consumer.topics is missing: neither the endpoint nor the document names a topic`,
		},
		{
			"internal topic", "", func(d *endpoint.Descriptor) {
				change(`"compressionType":"zstd"`, `"topics":["__consumer_offsets"]`)(d)
				d.Entrypoints = d.Entrypoints[:1]
			},
			`operation "placeOrder" of api "orders": producer.topics: topic "__consumer_offsets" is internal to Kafka`,
		},
		{
			"internal dead letter topic", "apis: { orders: { operations: { placeOrder: { websocket: { deadLetterTopic: __consumer_offsets } } } } }",
			func(d *endpoint.Descriptor) {
				d.Entrypoints = append(d.Entrypoints, endpoint.Entrypoint{Kind: endpoint.WebSocket, Method: "GET", Path: "/ws", Config: `{"qos":"none"}`})
			},
			`gateway.yaml:1:60: operation "placeOrder" of api "orders": topic "__consumer_offsets" is internal to Kafka (/websocket/deadLetterTopic)`,
		},
		{
			"dead letter topic that requests choose", "",
			func(d *endpoint.Descriptor) {
				d.Entrypoints = append(d.Entrypoints, endpoint.Entrypoint{
					Kind: endpoint.WebSocket, Method: "GET", Path: "/ws", Config: `{"qos":"at-least-once","deadLetterTopic":"{#request.params['t'][0]}"}`,
				})
				d.Origin = append(d.Origin, endpoint.Origin{Pointer: "/websocket/deadLetterTopic", Source: "orders.yaml:12:9"})
			},
			`orders.yaml:12:9: operation "placeOrder" of api "orders": deadLetterTopic depends on a request: ` +
				`write what requests may choose, x-kafka-allow: { producer.topics: [ … ] } (/websocket/deadLetterTopic)`,
		},
		{
			"bad pattern in a schema", "", func(d *endpoint.Descriptor) {
				d.Publish.Schema = &endpoint.Schema{Types: endpoint.String, Pattern: "("}
				d.Entrypoints = d.Entrypoints[:1]
			},
			`operation "placeOrder" of api "orders": `,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := descriptor()
			if test.change != nil {
				test.change(&d)
			}
			_, _, err := compileFrom(t, d, test.text)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got\n%v\nwant\n%s", err, test.want)
			}
		})
	}
}

func TestTenant(t *testing.T) {
	d := descriptor()
	d.Endpoints = []endpoint.JSON{endpoint.JSON(strings.Replace(string(d.Endpoints[0]), `"name":"default"`, `"name":"default","tenants":["eu","us"]`, 1))}
	in := Input{Descriptor: d, Clients: &clients{}, Log: slog.New(slog.DiscardHandler)}
	for tenant, want := range map[string]string{
		"": "", "eu": "", "asia": `operation "placeOrder" of api "orders": endpoint "default" is for the tenants eu, us, this gateway's is "asia"`,
	} {
		in.Tenant = tenant
		_, err := Operation(in)
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%q: got %v, want %q", tenant, err, want)
		}
	}
}

func TestTransform(t *testing.T) {
	framed := &core.Record{Value: []byte("\x00\x00\x00\x00\x07{}")}
	var seen []string
	c := &compiler{in: Input{Log: slog.New(slog.DiscardHandler), Subscribe: func(_ context.Context, rec *core.Record) (*core.Record, error) {
		seen = append(seen, string(rec.Value))
		if len(rec.Value) == 0 {
			return nil, core.ErrSkip
		}
		return rec, nil
	}}}
	both := c.transform(true)
	if out, err := both.Apply(t.Context(), framed); err != nil || string(out.Value) != "{}" || len(framed.Value) != 7 {
		t.Errorf("got %v, %v", out, err)
	}
	if _, err := both.Apply(t.Context(), &core.Record{}); !errors.Is(err, core.ErrSkip) {
		t.Errorf("got %v", err)
	}
	if _, err := c.transform(false).Apply(t.Context(), framed); err != nil {
		t.Error(err)
	}
	if want := []string{"{}", "", "\x00\x00\x00\x00\x07{}"}; !slices.Equal(seen, want) {
		t.Errorf("the hook saw %q, want %q", seen, want)
	}
	c.in.Subscribe = nil
	if c.transform(false) != nil {
		t.Error("nothing to do must be no transform")
	}
	only := c.transform(true)
	for in, want := range map[string]string{"\x00\x00\x00\x00\x07": "", "\x00\x00": "\x00\x00", "\x01abcdef": "\x01abcdef"} {
		if out, err := only.Apply(t.Context(), &core.Record{Value: []byte(in)}); err != nil || string(out.Value) != want || out.Value == nil {
			t.Errorf("%q: got %q, %v", in, out.Value, err)
		}
	}
}
