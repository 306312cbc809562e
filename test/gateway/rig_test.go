// Package gateway tests the whole gateway: real HTTP on one side, a broker on the other. The
// broker is embedded, or the real one that PENSTOCK_TEST_KAFKA=host:port names.
package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/planted"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds everything that a test waits for.
const patience = 15 * time.Second

// rig is a running gateway with one api, shop, and a client of its broker.
type rig struct {
	t       testing.TB
	url     string // of the client listener
	admin   string // of the admin listener
	brokers string
	topic   string // of the operation, new in each test
	kafka   *kgo.Client
	http    *http.Client
	log     *lockedBuffer
	garden  *planted.Garden // secrets of the endpoint and of requests, and whether they got out

	cancel  context.CancelFunc
	started chan [2]string
	done    chan error
	once    sync.Once
	err     error
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
	r := &rig{t: t, brokers: s.brokers, topic: s.topic, log: &lockedBuffer{}, garden: s.garden, started: make(chan [2]string, 1), done: make(chan error, 1)}
	if r.garden == nil {
		r.garden = planted.New(t)
	}
	if r.brokers == "" {
		r.brokers = broker(t)
	}
	if r.topic == "" {
		r.topic = uniqueTopic()
	}
	r.kafka = client(t, r.brokers)
	if s.partitions == 0 {
		s.partitions = 1
	}
	if s.partitions > 0 {
		createTopic(t, r.kafka, r.topic, s.partitions)
	}
	gw := r.make(s)
	addresses := r.run(gw)
	r.url, r.admin = "http://"+addresses[0], "http://"+addresses[1]
	transport := &http.Transport{DisableCompression: true, DialContext: r.garden.Dial}
	r.http = &http.Client{Transport: r.garden.Headers(transport)}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := r.stop(); err != nil {
			t.Errorf("the gateway ended with %v", err)
		}
		r.garden.Look("the log", r.log.String())
		if t.Failed() {
			t.Logf("log of the gateway:\n%s", r.log)
		}
	})
	return r
}

// make makes the gateway of a rig and mounts its api.
func (r *rig) make(s setup) *runtime.Gateway {
	r.t.Helper()
	gw, err := r.mount(s)
	if err != nil {
		r.t.Fatal(err)
	}
	return gw
}

func (r *rig) mount(s setup) (*runtime.Gateway, error) {
	r.t.Helper()
	file := filepath.Join(r.t.TempDir(), "gateway.yaml")
	if err := os.WriteFile(file, []byte(s.config), 0o600); err != nil {
		r.t.Fatal(err)
	}
	cfg, err := runtime.LoadConfig(file, s.environ)
	if err != nil {
		return nil, err
	}
	cfg.Listen.Address, cfg.Admin.Address = "127.0.0.1:0", "127.0.0.1:0"
	cfg.Drain.Delay = s.delay
	cfg.Consume.TopicRefresh, cfg.Consume.FetchMaxWait = 200*time.Millisecond, 100*time.Millisecond
	gw, err := runtime.New(cfg,
		runtime.WithLogger(slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		runtime.WithStarted(func(client, admin string) { r.started <- [2]string{client, admin} }))
	if err != nil {
		return nil, err
	}
	operations := s.operations
	if operations == nil {
		operations = []runtime.Operation{operation("orders", everyEntrypoint("none")...)}
	}
	for i := range operations {
		d := &operations[i].Descriptor
		d.Endpoints = slices.Clone(d.Endpoints)
		for i, e := range d.Endpoints {
			d.Endpoints[i] = r.withSecrets(endpoint.JSON(strings.ReplaceAll(string(e), "BROKERS", r.brokers)))
		}
		if d.Topic.Template == "" {
			d.Topic.Template = r.topic
		}
	}
	if s.use != nil {
		s.use(gw)
	}
	return gw, gw.Mount(runtime.API{Name: "shop", Title: "Shop", Version: "1.0.0", Source: "shop.yaml", Operations: operations})
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

// run runs a gateway in the background and waits until it listens.
func (r *rig) run(gw *runtime.Gateway) [2]string {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go func() { r.done <- gw.Run(ctx) }()
	select {
	case addresses := <-r.started:
		return addresses
	case err := <-r.done:
		cancel()
		r.t.Fatalf("the gateway did not start: %v", err)
	case <-time.After(patience):
		r.t.Fatal("the gateway did not start in time")
	}
	return [2]string{}
}

// stop asks the gateway to drain and waits until it is done.
func (r *rig) stop() error {
	r.once.Do(func() {
		r.cancel()
		select {
		case r.err = <-r.done:
		case <-time.After(patience):
			r.err = errors.New("the gateway did not drain in time")
		}
	})
	return r.err
}

// uniqueTopic gives a name that no other test uses, on a broker that tests share.
func uniqueTopic() string { return fmt.Sprintf("shop-%08x", rand.Uint32()) }

// realBroker is the broker that PENSTOCK_TEST_KAFKA names, "" for none.
func realBroker() string { return os.Getenv("PENSTOCK_TEST_KAFKA") }

// broker gives the address of a broker: the real one, or an embedded one for this test.
func broker(t testing.TB) string {
	t.Helper()
	if address := realBroker(); address != "" {
		return address
	}
	return strings.Join(embedded(t).ListenAddrs(), ",")
}

// embedded starts an embedded broker that ends with the test.
func embedded(t testing.TB, opts ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// client makes a client of a broker, for what the test itself writes and reads.
func client(t testing.TB, brokers string, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(strings.Split(brokers, ",")...), kgo.ProducerLinger(0), kgo.RecordPartitioner(kgo.ManualPartitioner()),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func createTopic(t testing.TB, c *kgo.Client, topic string, partitions int32) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := kadm.NewClient(c).CreateTopic(ctx, partitions, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
}

// produce writes values to partition 0 of the rig's topic.
func (r *rig) produce(values ...string) {
	r.t.Helper()
	for _, value := range values {
		r.produceRecord(&kgo.Record{Topic: r.topic, Value: []byte(value)})
	}
}

func (r *rig) produceRecord(rec *kgo.Record) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := r.kafka.ProduceSync(ctx, rec).FirstErr(); err != nil {
		r.t.Fatal(err)
	}
}

// read gives the first n records of the rig's topic, as Kafka has them.
func (r *rig) read(n int) []*kgo.Record {
	r.t.Helper()
	reader := client(r.t, r.brokers, kgo.ConsumeTopics(r.topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(100*time.Millisecond))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var records []*kgo.Record
	for len(records) < n {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			r.t.Fatalf("%d of %d records, then %v", len(records), n, err)
		}
		records = append(records, fetches.Records()...)
	}
	return records
}

// freePort finds a port for a broker that comes and goes.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
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
