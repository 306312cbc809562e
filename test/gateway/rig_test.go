// Package gateway tests the whole gateway: real HTTP on one side, a broker on the other. The
// broker is embedded, or the real one that PENSTOCK_TEST_KAFKA=host:port names.
package gateway

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/lines"
	"github.com/penstock-dev/penstock/test/planted"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a running gateway with one api, shop, and a client of its broker.
type rig struct {
	*harness.Client // of the client listener

	t       testing.TB
	admin   *harness.Client // of the admin listener
	brokers string
	topic   string // of the operation, new in each test
	kafka   *kgo.Client
	log     *lines.Lines
	garden  *planted.Garden // secrets of the endpoint and of requests, and whether they got out
	gateway *harness.Gateway
}

// setup changes how a rig is made.
type setup struct {
	partitions int32               // of the topic; default 1; negative: no topic
	brokers    string              // of a broker that the test runs itself
	config     string              // YAML, beside what the rig needs
	environ    []string            // variables
	delay      time.Duration       // of the drain
	operations []runtime.Operation // default: one with every entrypoint at level none
	topic      string
	garden     *planted.Garden // of a test that needs its secrets before
	use        func(*runtime.Gateway)
}

// start runs a gateway. It is stopped with the test.
func start(t testing.TB, s setup) *rig {
	t.Helper()
	r := prepare(t, s)
	t.Cleanup(func() { r.garden.Look("the log", r.log.String()) }) // when it has stopped
	r.gateway = harness.Start(t, r.whole(s))
	r.log = r.gateway.Log
	r.serveAt(r.gateway.Address)
	r.admin = &harness.Client{T: t, URL: "http://" + r.gateway.Admin, HTTP: r.HTTP}
	return r
}

// prepare makes what a gateway needs: a broker with a topic, and secrets.
func prepare(t testing.TB, s setup) *rig {
	t.Helper()
	r := &rig{t: t, brokers: s.brokers, topic: s.topic, garden: s.garden}
	if r.garden == nil {
		r.garden = planted.New(t)
	}
	if r.brokers == "" {
		r.brokers = harness.Broker(t)
	}
	if r.topic == "" {
		r.topic = harness.UniqueTopic()
	}
	r.kafka = harness.Kafka(t, r.brokers)
	if s.partitions == 0 {
		s.partitions = 1
	}
	if s.partitions > 0 {
		harness.CreateTopic(t, r.kafka, r.topic, s.partitions)
	}
	return r
}

// serveAt makes the client, for a gateway at an address.
func (r *rig) serveAt(address string) {
	transport := &http.Transport{DisableCompression: true, DialContext: r.garden.Dial}
	r.t.Cleanup(transport.CloseIdleConnections)
	r.Client = &harness.Client{T: r.t, URL: "http://" + address, HTTP: &http.Client{Transport: r.garden.Headers(transport)}}
}

// whole is the setup of the whole gateway, with the api of the rig.
func (r *rig) whole(s setup) harness.Setup {
	r.t.Helper()
	return harness.Setup{
		File: harness.WriteFile(r.t, r.t.TempDir(), "gateway.yaml", s.config), Environ: s.environ,
		Change: func(cfg *runtime.Config) {
			cfg.Drain.Delay = s.delay
			cfg.Consume.TopicRefresh, cfg.Consume.FetchMaxWait = 200*time.Millisecond, 100*time.Millisecond
		},
		Mount: func(gw *runtime.Gateway) error {
			operations := s.operations
			if operations == nil {
				operations = ops(operation("orders", everyEntrypoint("none")...))
			}
			for i := range operations {
				r.complete(&operations[i].Descriptor)
			}
			if s.use != nil {
				s.use(gw)
			}
			return gw.Mount(runtime.API{Name: "shop", Title: "Shop", Version: "1.0.0", Source: "shop.yaml", Operations: operations})
		},
	}
}

// complete fills in the rig's brokers, secrets and topic.
func (r *rig) complete(d *endpoint.Descriptor) {
	r.t.Helper()
	d.Endpoints = slices.Clone(d.Endpoints)
	for i, e := range d.Endpoints {
		d.Endpoints[i] = r.withSecrets(endpoint.JSON(strings.ReplaceAll(string(e), "BROKERS", r.brokers)))
	}
	if d.Topic.Template == "" {
		d.Topic.Template = r.topic
	}
}

// withSecrets gives an endpoint that has no security of its own every secret that one can have.
// Its protocol stays PLAINTEXT, so that none of them is used.
func (r *rig) withSecrets(e endpoint.JSON) endpoint.JSON {
	r.t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(e), &object); err != nil {
		r.t.Fatal(err)
	}
	shared, _ := object["sharedConfigurationOverride"].(map[string]any)
	if shared == nil || shared["security"] != nil {
		return e
	}
	secret := func(place string) string { return r.garden.Secret(place) }
	shared["security"] = map[string]any{
		"protocol": "PLAINTEXT",
		"sasl": map[string]any{
			"saslMechanism":  "PLAIN",
			"saslJaasConfig": fmt.Sprintf(`org.apache.kafka.common.security.plain.PlainLoginModule required username="shop" password="%s";`, secret("password of the login")),
		},
		"ssl": map[string]any{
			"trustStore": map[string]any{"type": "JKS", "location": "/none/trust.jks", "password": secret("password of the trust store")},
			"keystore": map[string]any{
				"type": "JKS", "location": "/none/key.jks", "password": secret("password of the key store"), "keyPassword": secret("password of the key"),
			},
		},
	}
	text, err := json.Marshal(object)
	if err != nil {
		r.t.Fatal(err)
	}
	return endpoint.JSON(text)
}

// post publishes JSON to /orders.
func (r *rig) post(body string, headers ...string) harness.Answer {
	r.t.Helper()
	return r.PostJSON("/orders", body, headers...)
}

// adminGet asks the admin listener.
func (r *rig) adminGet(path string) (int, string) {
	r.t.Helper()
	got := r.admin.Do(http.MethodGet, path, "")
	return got.Status, got.Body
}

// produce writes values to partition 0 of the rig's topic.
func (r *rig) produce(values ...string) {
	r.t.Helper()
	for _, value := range values {
		harness.Produce(r.t, r.kafka, &kgo.Record{Topic: r.topic, Value: []byte(value)})
	}
}

// read gives the first n records of the rig's topic, as Kafka has them.
func (r *rig) read(n int) []*kgo.Record {
	r.t.Helper()
	return harness.Records(r.t, r.brokers, r.topic, n)
}

// order is a valid payload.
func order(n int) string { return fmt.Sprintf(`{"id":"o-%d"}`, n) }
