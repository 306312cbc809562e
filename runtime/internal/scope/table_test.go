package scope_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/scope"
)

// environment is a gateway of which everything is known.
func environment() *scope.Environment {
	return &scope.Environment{
		API:          scope.API{ID: "orders", Name: "Orders", Version: "1.2.0"},
		Node:         scope.Node{ID: "node-1", Version: "0.1.0", Tenant: "acme"},
		Properties:   map[string]string{"region": "eu"},
		Dictionaries: map[string]map[string]string{"topics": {"gold": "orders-gold", "silver": "orders"}},
		Secrets:      store{"/env/TOKEN": "planted", "/file/kafka:password": "planted"},
	}
}

// store is secrets by their names.
type store map[string]string

func (s store) Get(uri string) (string, error) {
	value, ok := s[uri]
	if !ok {
		return "", errors.New("there is no such secret")
	}
	return value, nil
}

// publish is a request of an authenticated caller that publishes one message.
func publish(tb testing.TB) *exchange.Exchange {
	tb.Helper()
	const body = `{"sku":"a-1","n":9007199254740993}`
	local := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 10), Port: 8080}
	ctx := context.WithValue(tb.Context(), http.LocalAddrContextKey, local)
	target := "http://gateway.example:8080/shop/orders/42?region=eu&region=us&empty=&flag"
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	r.RemoteAddr = "10.0.0.1:999"
	r.Header = http.Header{
		"X-Region": {"eu", "us"}, "X-One": {"1"}, "Content-Type": {"application/json"}, "Authorization": {"Bearer planted"},
	}
	x := &exchange.Exchange{
		Kind: endpoint.HTTPPost, Request: r, Params: map[string]string{"id": "42"}, Attributes: &core.Attributes{},
		Body: []byte(body), Received: time.UnixMilli(1767225600250), ID: "r-17",
		Caller: exchange.Caller{Address: "198.51.100.7", Scheme: "https", Host: "shop.example", ClientID: "chosen", Identity: exchange.Identity{
			Subject: "ann",
			Claims: map[string]any{
				"plan": "gold", "roles": []any{"user", "admin"}, "address": map[string]any{"city": "Bern"}, "exp": float64(1767225600),
			},
		}},
	}
	x.Attributes.Set("tenant", "acme")
	x.Attributes.Set("gravitee.attribute.kafka.groupId", "g")
	x.Attributes.Set("list", []string{"a", "b"})
	x.Attributes.Set("map", map[string]any{"n": 3, "on": true})
	return x
}

// record is the message of publish, changed on its way.
func record() *core.Record {
	rec := &core.Record{
		Key: []byte("k"), Value: []byte(`{"sku":"b-2"}`), Partition: 3, Pinned: true,
		Headers: []core.Header{{Name: "trace", Value: []byte("t1")}, {Name: "Trace", Value: []byte("t2")}, {Name: "empty"}},
	}
	rec.Attributes.Set("colour", "red")
	return rec
}

// outcome compiles and evaluates a text.
func outcome(text string, place expr.Place, s expr.Scope) string {
	compiled, err := expr.Compile(text, place)
	if err != nil {
		return "? " + err.Error()
	}
	v, err := compiled.Value(s)
	if err != nil {
		return "! " + err.Error()
	}
	decoded, err := v.Any()
	if err != nil {
		return "! " + err.Error()
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(decoded); err != nil {
		return "! " + err.Error()
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func cases(tb testing.TB, path string) map[string]string {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if text, want, isCase := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); isCase {
			all[text] = want
		}
	}
	return all
}

func TestCases(t *testing.T) {
	s := environment().Message(publish(t), record())
	all := cases(t, "testdata/cases.txt")
	for text, want := range all {
		if got := outcome(text, expr.Message, s); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
	if len(all) < 90 {
		t.Errorf("%d cases were found", len(all))
	}
}
