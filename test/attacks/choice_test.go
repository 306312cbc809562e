package attacks

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/issuer"
)

// attribute assigns a value to an attribute.
func attribute(t *testing.T, name, value string) endpoint.Attribute {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return endpoint.Attribute{Name: name, Value: endpoint.JSON(text), Source: "shop.yaml:1:1"}
}

// keys gives the keys of the first n records of the topic orders.
func (r *rig) keys(n int) []string {
	r.t.Helper()
	var keys []string
	for _, rec := range r.records(n) {
		keys = append(keys, string(rec.Key))
	}
	return keys
}

// TestExpressionInjection: what a caller sends is a value, whatever it looks like: it is never
// evaluated, neither at once nor by a second expression that reads it.
func TestExpressionInjection(t *testing.T) {
	t.Setenv("PLANTED", "the-planted-secret")
	op := orders("none")
	op.Descriptor.Attributes = []endpoint.Attribute{
		attribute(t, "color", "{#request.headers['X-Color'][0]}"),
		attribute(t, "gravitee.attribute.kafka.recordKey", "<{#context.attributes['color']}>"),
	}
	r := start(t, "", op)
	attempts := []string{
		"{#secrets.get('/env/PLANTED')}", "{#request.headers}", "{#1+1}", "{(1+1)}", "{T(java.lang.Runtime).getRuntime().exec('id')}",
		"${7*7}", "{{7*7}}", "#{7*7}", "'+#secrets.get('/env/PLANTED')+'", "'] + #request.id + ['", "%{1+1}", `\u007b#1+1\u007d`,
	}
	for _, text := range attempts {
		r.post(`{"id":"a"}`, "X-Color: "+text).Want(t, 202)
	}
	for i, key := range r.keys(len(attempts)) {
		if key != "<"+attempts[i]+">" {
			t.Errorf("%s became %s", attempts[i], key)
		}
	}
	if strings.Contains(r.log.String(), "the-planted-secret") {
		t.Error("the log has the secret")
	}
}

// TestExpressionBomb: an expression over what a caller sends has an end.
func TestExpressionBomb(t *testing.T) {
	op := orders("none")
	op.Descriptor.Attributes = []endpoint.Attribute{attribute(t, "gravitee.attribute.kafka.recordKey",
		"{#request.headers['X-Text'][0] matches '(a+)+$' ? 'yes' : 'no'}")}
	r := start(t, "", op)
	r.post(`{"id":"a"}`, "X-Text: "+strings.Repeat("a", 20_000)+"!").Want(t, 202)
	if got := r.keys(1); got[0] != "no" {
		t.Errorf("got %q", got)
	}
}

// TestTopicOfTheCallersChoice: a topic that a request names must be on the list.
func TestTopicOfTheCallersChoice(t *testing.T) {
	op := orders("none")
	op.Descriptor.Attributes = []endpoint.Attribute{attribute(t, "gravitee.attribute.kafka.producer.topics", "{#request.headers['X-Topic'][0]}")}
	op.Descriptor.Allow = map[string][]string{"producer.topics": {"orders", "orders-*"}}
	r := start(t, "", op)
	r.post(`{"id":"a"}`, "X-Topic: orders").Want(t, 202)
	for _, topic := range []string{"secrets", "orders,secrets", `["orders","secrets"]`, "__consumer_offsets", "orders-/../secrets", " secrets", "*", ".*", "{#'secrets'}"} {
		got := r.post(`{"id":"a"}`, "X-Topic: "+topic)
		if got.Status != 403 && got.Status != 400 && got.Status != 500 {
			t.Errorf("%q: got %d %s", topic, got.Status, got.Body)
		}
	}
	for topic, want := range map[string]int64{"orders": 1, "secrets": 0} {
		if n := r.written(topic); n != want {
			t.Errorf("topic %s has %d records, want %d", topic, n, want)
		}
	}
}

// TestSSRFByBootstrapServers: a request cannot make the gateway connect to an address that is not
// on the list.
func TestSSRFByBootstrapServers(t *testing.T) {
	var visits atomic.Int64
	inside, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := inside.Accept()
			if err != nil {
				return
			}
			visits.Add(1)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = inside.Close()
		<-done
	})
	_, port, err := net.SplitHostPort(inside.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	op := orders("none")
	op.Descriptor.Attributes = []endpoint.Attribute{attribute(t, "gravitee.attributes.endpoint.kafka.bootstrapServers", "{#request.headers['X-Brokers'][0]}")}
	op.Descriptor.Allow = map[string][]string{"bootstrapServers": {"kafka.example:9092", "BROKERS"}}
	r := start(t, "", op)
	r.post(`{"id":"a"}`, "X-Brokers: "+r.brokers).Want(t, 202)
	for _, brokers := range []string{
		"127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port, "0.0.0.0:" + port, "2130706433:" + port, "127.1:" + port,
		r.brokers + ",127.0.0.1:" + port, r.brokers + " , 127.0.0.1:" + port, "kafka.example:9092,127.0.0.1:" + port,
		"kafka.example:9092@127.0.0.1:" + port, "127.0.0.1:" + port + "#kafka.example:9092", "http://127.0.0.1:" + port,
	} {
		got := r.post(`{"id":"a"}`, "X-Brokers: "+brokers)
		if got.Status != 403 && got.Status != 500 || strings.Contains(got.Body, "127.0.0.1:"+port) && got.Status == 500 {
			t.Errorf("%q: got %d %s", brokers, got.Status, got.Body)
		}
		if got := r.Do("GET", "/orders", "", "Accept: text/event-stream", "X-Brokers: "+brokers); got.Status != 403 && got.Status != 500 {
			t.Errorf("stream of %q: got %d %s", brokers, got.Status, got.Body)
		}
	}
	if n := visits.Load(); n != 0 {
		t.Errorf("the gateway has connected %d times", n)
	}
	if n := r.written("orders"); n != 1 {
		t.Errorf("%d records, want 1", n)
	}
}

// TestPathEscapeInSecrets: secrets come from the folder of secrets, by no dots and no links from
// anywhere else.
func TestPathEscapeInSecrets(t *testing.T) {
	folder := t.TempDir()
	inside := filepath.Join(folder, "secrets")
	if err := os.Mkdir(inside, 0o700); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(folder, "outside")
	for path, text := range map[string]string{outside: "the-outside-secret:9092", filepath.Join(inside, "good"): "kafka:9092"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(inside, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(folder, filepath.Join(inside, "folder")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../outside", "/../outside", "a/../../outside", "link", "folder/outside", outside, `..\outside`, "%2e%2e/outside", "good/../../outside"} {
		t.Run(name, func(t *testing.T) {
			op := orders("none")
			op.Descriptor.Endpoints = []endpoint.JSON{endpoint.JSON(strings.Replace(endpointObject, "BROKERS", strings.ReplaceAll("{#secrets.get('/file/"+name+"')}", `\`, `\\`), 1))}
			said := refused(t, "secrets: { dir: '"+inside+"' }", op)
			if !strings.Contains(said, " names no secret") && !strings.Contains(said, "path escapes from parent") {
				t.Errorf("got %s", said)
			}
		})
	}
}

// refused is why a gateway does not take an operation.
func refused(t *testing.T, config string, op runtime.Operation) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "gateway.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := runtime.LoadConfig(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	gw, err := runtime.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	err = gw.Mount(runtime.API{Name: "shop", Operations: []runtime.Operation{op}})
	if closed := gw.Close(t.Context()); closed != nil {
		t.Error(closed)
	}
	if err == nil {
		t.Fatal("the gateway takes it")
	}
	return err.Error()
}

// TestTopicsInAName: who a caller is may be part of the name of a topic. A comma, a quote or a bracket in
// it adds no topic.
func TestTopicsInAName(t *testing.T) {
	i := issuer.Start(t)
	op := orders("none", endpoint.Requirement{tokenScheme})
	written := orders("none", endpoint.Requirement{tokenScheme})
	written.Descriptor.Operation = "written"
	for n := range written.Descriptor.Entrypoints {
		written.Descriptor.Entrypoints[n].Path = "/written"
	}
	op.Descriptor.Attributes = []endpoint.Attribute{
		attribute(t, "gravitee.attribute.kafka.producer.topics", "{#subscription.clientId},orders{#subscription.metadata['more']}"),
	}
	const named = `"producer":{"enabled":true,"topics":["orders{#subscription.metadata['more']}"]}`
	written.Descriptor.Endpoints = []endpoint.JSON{endpoint.JSON(strings.Replace(endpointObject, `"producer":{"enabled":true}`, named, 1))}
	r := start(t, tokensConfig(i), op, written)
	r.PostJSON("/orders", `{"id":"a"}`, bearer(i.Token(map[string]any{"sub": "orders"}))).Want(t, 202)
	r.PostJSON("/written", `{"id":"a"}`, bearer(i.Token(nil))).Want(t, 202)
	for _, text := range []string{",secrets", ", secrets ,", `","secrets`, ",secrets,orders"} {
		r.PostJSON("/orders", `{"id":"a"}`, bearer(i.Token(map[string]any{"sub": "orders", "more": text}))).WantProblem(t, 500, "FAILURE_CONFIGURATION_INVALID")
		r.PostJSON("/orders", `{"id":"a"}`, bearer(i.Token(map[string]any{"sub": "orders" + text}))).WantProblem(t, 500, "FAILURE_CONFIGURATION_INVALID")
		r.PostJSON("/written", `{"id":"a"}`, bearer(i.Token(map[string]any{"more": text}))).WantProblem(t, 500, "FAILURE_CONFIGURATION_INVALID")
	}
	for topic, want := range map[string]int64{"orders": 2, "secrets": 0} {
		if n := r.written(topic); n != want {
			t.Errorf("topic %s has %d records, want %d", topic, n, want)
		}
	}
}

// TestPatternInAName: who a caller is may be part of a pattern of topics. It stands for itself there, and
// makes no other pattern.
func TestPatternInAName(t *testing.T) {
	i := issuer.Start(t)
	operation := func(name, consumer string, attributes ...endpoint.Attribute) runtime.Operation {
		op := orders("none", endpoint.Requirement{tokenScheme})
		op.Descriptor.Operation, op.Descriptor.Attributes = name, attributes
		op.Descriptor.Endpoints = []endpoint.JSON{endpoint.JSON(strings.Replace(endpointObject, `"autoOffsetReset"`, consumer+`"autoOffsetReset"`, 1))}
		for n := range op.Descriptor.Entrypoints {
			op.Descriptor.Entrypoints[n].Path = "/" + name
		}
		return op
	}
	const pattern = "{#subscription.metadata['tenant']}[.]?"
	r := start(t, tokensConfig(i),
		operation("written", `"topicPattern":"`+pattern+`",`),
		operation("chosen", "", attribute(t, "gravitee.attributes.endpoint.kafka.consumer.topicPattern", pattern)))
	r.produce("orders", `{"id":"a"}`)
	for _, path := range []string{"/written", "/chosen"} {
		if got := r.event(path, bearer(i.Token(map[string]any{"tenant": "orders"}))); got != `{"id":"a"}` {
			t.Errorf("%s: got %s", path, got)
		}
		for _, tenant := range []string{"secrets|x", ".*", "s[a-z]+"} {
			got := r.Do("GET", path+"?limit=0", "", "Accept: application/json", bearer(i.Token(map[string]any{"tenant": tenant})))
			const nothing = `"nextCursor":"Iy0x"` // #-1: no topic
			if got.Status != 200 || !strings.Contains(got.Body, nothing) {
				t.Errorf("%s of %q: got %d %s", path, tenant, got.Status, got.Body)
			}
		}
	}
}
