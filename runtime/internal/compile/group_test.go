package compile

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// brokers is one cluster for each list of brokers.
type brokers map[string]*site

// site is one of them.
type site struct {
	down    bool  // not usable
	holdErr error // of clusters that a request chose
	held    int   // by requests, now
	reading qos.Reading
	opened  int
	openErr error
}

func (b brokers) Hold(t cluster.Target, requested bool) (qos.Cluster, func(), error) {
	name := strings.Join(t.Brokers, ",")
	if b[name] == nil {
		b[name] = &site{}
	}
	if !requested {
		return b[name], func() {}, nil
	}
	if err := b[name].holdErr; err != nil {
		return nil, nil, err
	}
	b[name].held++
	return b[name], func() { b[name].held-- }, nil
}

func (s *site) Usable() bool { return !s.down }

func (s *site) Sink(endpoint.QoS, string) (qos.Sink, error) { return nil, nil }

func (s *site) Open(_ context.Context, r qos.Reading) (qos.Stream, error) {
	s.reading = r
	s.opened++
	return idle{}, s.openErr
}

// idle is a stream without records.
type idle struct{ qos.Stream }

func (idle) Cursor(dst []byte) []byte    { return append(dst, "orders@0#-1"...) }
func (idle) Close(context.Context) error { return nil }

// several is a descriptor of endpoints "name", "name weight=9", "name secondary" or "name tenant=eu".
func several(kind endpoint.LoadBalancer, list ...string) endpoint.Descriptor {
	d := descriptor()
	d.LoadBalancer, d.Topic, d.Endpoints = kind, endpoint.Topic{Template: "orders"}, nil
	for _, text := range list {
		words := strings.Fields(text)
		more := ""
		for _, word := range words[1:] {
			name, value, _ := strings.Cut(word, "=")
			switch name {
			case "weight":
				more += `"weight":` + value + `,`
			case "secondary":
				more += `"secondary":true,`
			case "tenant":
				more += `"tenants":["` + value + `"],`
			}
		}
		d.Endpoints = append(d.Endpoints, endpoint.JSON(fmt.Sprintf(`{"name":%q,%s"configuration":{"bootstrapServers":"%s:1"},
			"sharedConfigurationOverride":{"producer":{"enabled":true},"consumer":{"enabled":true,"encodeMessageId":false}}}`, words[0], more, strings.Trim(words[0], "!"))))
	}
	return d
}

func mount(t *testing.T, d endpoint.Descriptor, b Clients, tenant string) *entrypoints.Operation {
	t.Helper()
	out, err := Operation(Input{Descriptor: d, Clients: b, Tenant: tenant, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Operation
}

// served lists the endpoints that n requests get.
func served(t *testing.T, op *entrypoints.Operation, n int) string {
	t.Helper()
	var names []string
	for range n {
		pub, err := op.Publish.Prepare(request(), endpoint.Balanced)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, strings.TrimSuffix(pub.IDPrefix(), "!"))
		pub.Release()
	}
	return strings.Join(names, " ")
}

func request() *exchange.Exchange { return in("eu") }

func TestEndpointsInTurn(t *testing.T) {
	for _, test := range []struct {
		kind endpoint.LoadBalancer
		list []string
		want string
	}{
		{"", []string{"a", "b", "c"}, "a b c a b c"},
		{endpoint.WeightedRoundRobin, []string{"a weight=2", "b"}, "a b a a b a"},
		{endpoint.RoundRobin, []string{"a weight=2", "b", "c secondary"}, "a b a b a b"},
		{endpoint.RoundRobin, []string{"a tenant=eu", "b tenant=us", "c"}, "a c a c a c"},
		{endpoint.RoundRobin, []string{"a secondary", "b secondary"}, "a b a b a b"},
	} {
		if got := served(t, mount(t, several(test.kind, test.list...), brokers{}, "eu"), 6); got != test.want {
			t.Errorf("%s %v: got %s, want %s", test.kind, test.list, got, test.want)
		}
	}
}

func TestUnusableEndpointsArePassedOver(t *testing.T) {
	b := brokers{}
	op := mount(t, several("", "a", "b", "c secondary", "d secondary"), b, "")
	for _, step := range []struct{ down, want string }{
		{"", "a b a b"},
		{"b:1", "a a a a"},
		{"a:1 b:1", "c d c d"},
		{"a:1 b:1 c:1", "d d d d"},
		{"a:1 b:1 c:1 d:1", "b a b a"}, // nobody is: the primaries answer
		{"a:1", "b b b b"},
	} {
		for name, s := range b {
			s.down = slices.Contains(strings.Fields(step.down), name)
		}
		if got := served(t, op, 4); got != step.want {
			t.Errorf("down: %q: got %s, want %s", step.down, got, step.want)
		}
	}
}

// requested makes the brokers of endpoints depend on the request.
func requested(d *endpoint.Descriptor) {
	for i, text := range d.Endpoints {
		d.Endpoints[i] = endpoint.JSON(strings.Replace(string(text), `:1"`, `{#request.headers['port']?.[0] ?: ':1'}"`, 1))
	}
	d.Allow = map[string][]string{"bootstrapServers": {"*"}}
}

func TestUnusableEndpointsThatRequestsChoose(t *testing.T) {
	b := brokers{}
	d := several("", "a", "b", "c secondary")
	requested(&d)
	op := mount(t, d, b, "")
	if got := served(t, op, 2); got != "a b" {
		t.Fatalf("got %s", got)
	}
	b["a:1"].down = true
	b["b:1"].holdErr = core.NewError(core.CodeBrokerUnavailable, "") // a refused login is remembered
	if got := served(t, op, 2); got != "c c" {
		t.Errorf("got %s, want the secondary", got)
	}
	b["c:1"].holdErr = core.NewError(core.CodeTooManyClients, "")
	if _, err := op.Publish.Prepare(request(), endpoint.Balanced); core.CodeOf(err) != core.CodeTooManyClients {
		t.Errorf("got %v", err)
	}
	for name, s := range b {
		if s.held != 0 {
			t.Errorf("%s is held %d times after every request has ended", name, s.held)
		}
	}
}

func TestTenantsWithoutEndpoint(t *testing.T) {
	_, err := Operation(Input{
		Descriptor: several("", "a tenant=eu", "b tenant=us"), Tenant: "asia", Clients: brokers{}, Log: slog.New(slog.DiscardHandler),
	})
	const want = `operation "placeOrder" of api "orders": endpoint "a" is for the tenants eu, endpoint "b" is for the tenants us, this gateway's is "asia"`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if got := served(t, mount(t, several("", "a tenant=eu", "b tenant=us"), brokers{}, ""), 2); got != "a b" {
		t.Errorf("a gateway without a tenant is served by %s, want all", got)
	}
}

func TestNamesThatIDsCannotHold(t *testing.T) {
	_, err := Operation(Input{Descriptor: several("", "a", "b!"), Clients: brokers{}, Log: slog.New(slog.DiscardHandler)})
	const want = `operation "placeOrder" of api "orders": endpoint "b!": its name stands in message ids, ` +
		`where an operation has several endpoints: letters, digits, '.', '_' and '-' are allowed`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	mount(t, several("", "b!"), brokers{}, "")
}

func TestCursorChoosesTheEndpoint(t *testing.T) {
	for _, test := range []struct {
		level          endpoint.QoS
		cursor         string
		endpoint, rest string
		detail         string
	}{
		{endpoint.None, "b!orders@0#4", "b:1", "orders@0#4", ""},
		{endpoint.AtBest, "YiFvcmRlcnNAMCM0", "b:1", "orders@0#4", ""},
		{endpoint.None, "", "a:1", "", ""},
		{endpoint.Balanced, "b!orders@0#4", "a:1", "b!orders@0#4", ""}, // it does not count
		{endpoint.None, "x!orders@0#4", "", "", `the cursor names endpoint "x", which this operation does not read`},
		{endpoint.None, "orders@0#4", "", "", "the cursor names no endpoint: this operation reads several, and its ids are endpoint!topic@partition#offset"},
		{endpoint.None, "a!orders@0#4;b!users@0#4", "", "", "the cursor names more than one endpoint"},
		{endpoint.None, "orders", "", "", "the cursor is malformed: want topic@partition#offset, plain or in base64"},
	} {
		b := brokers{}
		op := mount(t, several("", "a", "b"), b, "")
		opened, err := op.Subscribe.Open(t.Context(), request(), qos.Reading{Kind: endpoint.SSE, Level: test.level, Cursor: test.cursor})
		if test.detail != "" {
			if want := "FAILURE_INVALID_CURSOR: " + test.detail; core.CodeOf(err) != core.CodeInvalidCursor || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: got %v, want %s", test.cursor, err, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", test.cursor, err)
			continue
		}
		if s := b[test.endpoint]; s.opened != 1 || s.reading.Cursor != test.rest {
			t.Errorf("%q: endpoint %s has opened %d streams at %q, want one at %q", test.cursor, test.endpoint, s.opened, s.reading.Cursor, test.rest)
		}
		if got, want := string(opened.Cursor([]byte("->"))), "->"+test.endpoint[:1]+"!orders@0#-1"; got != want {
			t.Errorf("%q: the position is %s, want %s", test.cursor, got, want)
		}
	}
}

func TestSocketHasOneEndpoint(t *testing.T) {
	op := mount(t, several("", "a", "b"), brokers{}, "")
	for _, test := range []struct{ cursor, want string }{{"", "a!"}, {"", "b!"}, {"b!orders@0#4", "b!"}} {
		x := request()
		if _, err := op.Subscribe.Open(t.Context(), x, qos.Reading{Kind: endpoint.WebSocket, Level: endpoint.None, Cursor: test.cursor}); err != nil {
			t.Fatal(err)
		}
		pub, err := op.Publish.Prepare(x, endpoint.None)
		if err != nil || pub.IDPrefix() != test.want {
			t.Errorf("cursor %q: published to %q, %v, want %q", test.cursor, pub.IDPrefix(), err, test.want)
		}
	}
}

func TestOldestNamesTheEndpoint(t *testing.T) {
	b := brokers{"a:1": {openErr: &core.Error{Code: core.CodeCursorGone, Oldest: "orders@0#7"}}}
	op := mount(t, several("", "a", "b"), b, "")
	x := request()
	_, err := op.Subscribe.Open(t.Context(), x, qos.Reading{Level: endpoint.None, Cursor: "a!orders@0#4"})
	if coded, ok := err.(*core.Error); !ok || coded.Oldest != "a!orders@0#7" { //nolint:errorlint // it is not wrapped
		t.Errorf("got %v", err)
	}
}

func TestOneEndpointHasNoPrefix(t *testing.T) {
	b := brokers{}
	op := mount(t, several("", "a"), b, "")
	opened, err := op.Subscribe.Open(t.Context(), request(), qos.Reading{Level: endpoint.None, Cursor: "orders@0#4"})
	if err != nil {
		t.Fatal(err)
	}
	if _, bare := opened.Stream.(idle); !bare || b["a:1"].reading.Cursor != "orders@0#4" {
		t.Errorf("the stream is %T at %q, want that of Kafka itself at the client's cursor", opened.Stream, b["a:1"].reading.Cursor)
	}
}
