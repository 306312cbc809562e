// Package attacks has one test for each attack that a gateway must stand, named after it. Each
// runs a whole gateway, with HTTP on one side and an embedded broker on the other.
package attacks

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds everything that a test waits for.
const patience = 30 * time.Second

// rig is a running gateway with one api, shop, and a client of its broker.
type rig struct {
	t       *testing.T
	address string // of the client listener
	scheme  string // http or https
	kafka   *kgo.Client
	brokers string
	http    *http.Client
	log     *lockedBuffer
	folder  string
	started chan string // the address, when the gateway listens
}

// start runs a gateway with a configuration, in which FOLDER stands for the rig's own folder. Its
// operations go to the topic "orders" unless they say otherwise. It is stopped with the test.
func start(t *testing.T, config string, operations ...runtime.Operation) *rig {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "orders"), kfake.SeedTopics(1, "secrets"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	r := &rig{t: t, brokers: strings.Join(cluster.ListenAddrs(), ","), scheme: "http", log: &lockedBuffer{}, folder: t.TempDir(), started: make(chan string, 1)}
	r.kafka, err = kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.ProducerLinger(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.kafka.Close)
	r.keep("keys", "ann:"+hashOf(annKey)+":orders:read,orders:write\nbob:"+hashOf(bobKey)+"\n")
	gw := r.mount(config, operations)
	transport := &http.Transport{DisableCompression: true}
	r.http = &http.Client{Transport: transport}
	t.Cleanup(transport.CloseIdleConnections)
	r.run(gw)
	return r
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

// keep writes a file into the rig's folder.
func (r *rig) keep(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.folder, name), []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) mount(config string, operations []runtime.Operation) *runtime.Gateway {
	r.t.Helper()
	r.keep("gateway.yaml", strings.ReplaceAll(config, "FOLDER", r.folder))
	cfg, err := runtime.LoadConfig(filepath.Join(r.folder, "gateway.yaml"), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	cfg.Listen.Address, cfg.Admin.Address, cfg.Drain.Delay = "127.0.0.1:0", "127.0.0.1:0", 0
	gw, err := runtime.New(cfg,
		runtime.WithLogger(slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		runtime.WithStarted(func(client, _ string) { r.started <- client }))
	if err != nil {
		r.t.Fatal(err)
	}
	for i := range operations {
		d := &operations[i].Descriptor
		for j := range d.Endpoints {
			d.Endpoints[j] = endpoint.JSON(strings.ReplaceAll(string(d.Endpoints[j]), "BROKERS", r.brokers))
		}
		for j, allowed := range d.Allow["bootstrapServers"] {
			d.Allow["bootstrapServers"][j] = strings.ReplaceAll(allowed, "BROKERS", r.brokers)
		}
	}
	if err := gw.Mount(runtime.API{Name: "shop", Title: "Shop", Version: "1.0.0", Source: "shop.yaml", Operations: operations}); err != nil {
		r.t.Fatal(err)
	}
	return gw
}

// run runs a gateway until the test ends.
func (r *rig) run(gw *runtime.Gateway) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- gw.Run(ctx) }()
	r.t.Cleanup(func() {
		r.http.CloseIdleConnections()
		cancel()
		select {
		case err := <-done:
			if err != nil {
				r.t.Errorf("the gateway ended with %v", err)
			}
		case <-time.After(patience):
			r.t.Error("the gateway did not drain in time")
		}
		if r.t.Failed() {
			r.t.Logf("log of the gateway:\n%s", r.log)
		}
	})
	select {
	case r.address = <-r.started:
	case err := <-done:
		done <- nil // for the end of the test
		r.t.Fatalf("the gateway did not start: %v", err)
	case <-time.After(patience):
		r.t.Fatal("the gateway did not start in time")
	}
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

// answer is a whole HTTP answer.
type answer struct {
	status int
	header http.Header
	body   string
}

// want checks the status and, of a problem, the code.
func (a answer) want(t *testing.T, status int, code string) answer {
	t.Helper()
	var problem struct{ Code string }
	if code != "" {
		if err := json.Unmarshal([]byte(a.body), &problem); err != nil {
			t.Errorf("%q is no problem: %v", a.body, err)
		}
	}
	if a.status != status || problem.Code != code {
		t.Errorf("got %d %s, want %d %s", a.status, a.body, status, code)
	}
	return a
}

// request makes a request; headers are "Name: value".
func (r *rig) request(ctx context.Context, method, path, body string, headers []string) *http.Request {
	r.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, r.scheme+"://"+r.address+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Add(name, value)
	}
	return req
}

// do sends a request and reads the whole answer.
func (r *rig) do(method, path, body string, headers ...string) answer {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return r.answered(r.http.Do(r.request(ctx, method, path, body, headers)))
}

func (r *rig) answered(response *http.Response, err error) answer {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

// post publishes JSON to /orders.
func (r *rig) post(body string, headers ...string) answer {
	r.t.Helper()
	return r.do(http.MethodPost, "/orders", body, append([]string{"Content-Type: application/json"}, headers...)...)
}

// connect opens a TCP connection to the gateway, for what no HTTP client would send.
func (r *rig) connect() net.Conn {
	r.t.Helper()
	conn, err := net.Dial("tcp", r.address)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		r.t.Fatal(err)
	}
	return conn
}

// raw sends bytes on a connection of their own and reads one answer, then everything that follows
// until the gateway closes or quiet has gone by.
func (r *rig) raw(text string) (first answer, rest string) {
	r.t.Helper()
	conn := r.connect()
	if _, err := io.WriteString(conn, text); err != nil {
		r.t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	first = r.answered(http.ReadResponse(in, nil))
	if err := conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		r.t.Fatal(err)
	}
	more, err := io.ReadAll(in)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		r.t.Logf("the connection ended with %v", err)
	}
	return first, string(more)
}

// lockedBuffer collects the log. Safe for concurrent use.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
