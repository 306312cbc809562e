// Package attacks has one test for each attack that a gateway must stand, named after it. Each
// runs a whole gateway, with HTTP on one side and an embedded broker on the other.
package attacks

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/lines"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a running gateway with one api, shop, and a client of its broker.
type rig struct {
	*harness.Client
	t       *testing.T
	address string // of the client listener
	kafka   *kgo.Client
	brokers string
	log     *lines.Lines
}

// start runs a gateway with a configuration, in which FOLDER stands for the rig's own folder. Its
// operations go to the topic "orders" unless they say otherwise. It is stopped with the test.
func start(t *testing.T, config string, operations ...runtime.Operation) *rig {
	t.Helper()
	r := &rig{t: t, brokers: harness.Addresses(harness.Embedded(t, kfake.SeedTopics(1, "orders"), kfake.SeedTopics(1, "secrets")))}
	r.kafka = harness.Kafka(t, r.brokers)
	folder := t.TempDir()
	harness.WriteFile(t, folder, "keys", "ann:"+hashOf(annKey)+":orders:read,orders:write\nbob:"+hashOf(bobKey)+"\n")
	for i := range operations {
		r.complete(&operations[i].Descriptor)
	}
	g := harness.Start(t, harness.Setup{
		File:  harness.WriteFile(t, folder, "gateway.yaml", strings.ReplaceAll(config, "FOLDER", folder)),
		Mount: harness.Mount(runtime.API{Name: "shop", Title: "Shop", Version: "1.0.0", Source: "shop.yaml", Operations: operations}),
	})
	r.log, r.address, r.Client = g.Log, g.Address, harness.NewClient(t, "http://"+g.Address)
	return r
}

// complete fills in the rig's brokers.
func (r *rig) complete(d *endpoint.Descriptor) {
	for i, e := range d.Endpoints {
		d.Endpoints[i] = endpoint.JSON(strings.ReplaceAll(string(e), "BROKERS", r.brokers))
	}
	for i, allowed := range d.Allow["bootstrapServers"] {
		d.Allow["bootstrapServers"][i] = strings.ReplaceAll(allowed, "BROKERS", r.brokers)
	}
}

// The API keys of the tests.
const (
	annKey = "key-of-ann-4f1c"
	bobKey = "key-of-bob-9d2e"
)

func hashOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// endpointObject is the endpoint of every operation; the rig fills in its brokers.
const endpointObject = `{"name":"default","type":"kafka","configuration":{"bootstrapServers":"BROKERS"},
	"sharedConfigurationOverride":{"producer":{"enabled":true},"consumer":{"enabled":true,"autoOffsetReset":"earliest"}}}`

// orders is an operation with all four entrypoints at /orders, whose messages have an id. POST is
// answered when the record is in Kafka.
func orders(qos string, security ...endpoint.Requirement) runtime.Operation {
	entry := func(kind endpoint.Kind, method, options string) endpoint.Entrypoint {
		qos := qos
		if kind == endpoint.HTTPPost {
			qos = "balanced"
		}
		return endpoint.Entrypoint{Kind: kind, Method: method, Path: "/orders", Config: endpoint.JSON(`{"qos":"` + qos + `"` + options + `}`)}
	}
	return runtime.Operation{Descriptor: endpoint.Descriptor{
		API: "shop", Operation: "orders", BasePath: "/", Endpoints: []endpoint.JSON{endpointObject}, Topic: endpoint.Topic{Template: "orders"},
		Entrypoints: []endpoint.Entrypoint{
			entry(endpoint.HTTPPost, "POST", `,"requestHeadersToMessage":true`), entry(endpoint.HTTPGet, "GET", `,"messagesLimitDurationMs":2000,"messagesLimitCount":1`),
			entry(endpoint.SSE, "GET", ""), entry(endpoint.WebSocket, "GET", ""),
		},
		Publish: endpoint.Payload{
			Name: "Order", ContentTypes: []string{"application/json"},
			Schema: &endpoint.Schema{
				Types: endpoint.Object, Required: []string{"id"},
				Properties: []endpoint.Property{{Name: "id", Schema: &endpoint.Schema{Types: endpoint.String}}},
			},
		},
		Subscribe: endpoint.Payload{Name: "Order", ContentTypes: []string{"application/json"}},
		Security:  security,
	}}
}

// The schemes of the tests, with the settings of keysConfig.
var (
	keyScheme    = endpoint.Scheme{Name: "key", Type: "apiKey", In: "header", Param: "X-Key"}
	cookieScheme = endpoint.Scheme{Name: "key", Type: "apiKey", In: "cookie", Param: "session"}
	tokenScheme  = endpoint.Scheme{Name: "oauth", Type: "oauth2"}
	userScheme   = endpoint.Scheme{Name: "users", Type: "basic"}
	certScheme   = endpoint.Scheme{Name: "mtls", Type: "mutualTLS"}
)

const keysConfig = "auth: { key: { keysFile: FOLDER/keys } }\n"

// post publishes JSON to /orders.
func (r *rig) post(body string, headers ...string) harness.Answer {
	r.t.Helper()
	return r.PostJSON("/orders", body, headers...)
}

// connect opens a TCP connection to the gateway, for what no HTTP client would send.
func (r *rig) connect() net.Conn {
	r.t.Helper()
	conn, err := net.Dial("tcp", r.address)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(harness.Patience)); err != nil {
		r.t.Fatal(err)
	}
	return conn
}

// raw sends bytes on a connection of their own and reads one answer, then everything that follows
// until the gateway closes.
func (r *rig) raw(text string) (first harness.Answer, rest string) {
	r.t.Helper()
	conn := r.connect()
	if _, err := io.WriteString(conn, text); err != nil {
		r.t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	first = harness.ReadAnswer(r.t, response)
	more, err := io.ReadAll(in)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		r.t.Errorf("the connection stays open after %q", more)
	}
	return first, string(more)
}

// event opens a stream and gives the data of its first event.
func (r *rig) event(path string, headers ...string) string {
	r.t.Helper()
	s := r.Stream(path, headers...)
	defer s.Close()
	return s.Event().Data
}

// produce writes a value to a topic.
func (r *rig) produce(topic, value string) {
	r.t.Helper()
	harness.Produce(r.t, r.kafka, &kgo.Record{Topic: topic, Value: []byte(value)})
}

// written is how many records a topic has.
func (r *rig) written(topic string) int64 {
	r.t.Helper()
	return harness.Written(r.t, r.kafka, topic)
}

// records gives the first n records of the topic orders.
func (r *rig) records(n int) []*kgo.Record {
	r.t.Helper()
	return harness.Records(r.t, r.brokers, "orders", n)
}
