package compile

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// publisher mounts an http-post with options; change may alter its descriptor.
func publisher(t *testing.T, config endpoint.JSON, change func(*endpoint.Descriptor)) (*entrypoints.Operation, *clients) {
	t.Helper()
	d := descriptor()
	d.Topic = endpoint.Topic{Template: "orders"}
	d.Entrypoints = []endpoint.Entrypoint{{Kind: endpoint.HTTPPost, Method: "POST", Path: "/orders", Config: config}}
	if change != nil {
		change(&d)
	}
	c := &clients{}
	return mount(t, d, c, ""), c
}

// sent is an exchange of a message with headers.
func sent(body string, headers ...string) (*exchange.Exchange, *core.Record) {
	r := httptest.NewRequest(http.MethodPost, "/v1/orders?p=1", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	x := &exchange.Exchange{Kind: endpoint.HTTPPost, Request: r, Body: []byte(body), Attributes: &core.Attributes{}}
	return x, &core.Record{Value: x.Body}
}

func compose1(t *testing.T, op *entrypoints.Operation, x *exchange.Exchange, rec *core.Record) error {
	t.Helper()
	pub, err := op.Publish.Prepare(x, endpoint.Balanced)
	if err != nil {
		t.Fatal(err)
	}
	defer pub.Release()
	if err := pub.Compose(rec); err != nil {
		return err
	}
	_, err = pub.Address(rec)
	return err
}

func TestOptions(t *testing.T) {
	for _, test := range []struct {
		name, config string
		change       func(*core.Record) // before: what a frame says
		want         core.Record
		headers      string
	}{
		{"key of a header", `{"key":"{#request.headers['X-Key'][0]}"}`, nil, core.Record{Key: []byte("k1")}, ""},
		{"key of the content", `{"key":"order-{#message.jsonContent.id}"}`, nil, core.Record{Key: []byte("order-7")}, ""},
		{
			"key of a frame", `{"key":"{#request.headers['X-Key'][0]}"}`, func(rec *core.Record) { rec.Key = []byte("frame") },
			core.Record{Key: []byte("frame")},
			"",
		},
		{"partition", `{"partition":3}`, nil, core.Record{Partition: 3, Pinned: true}, ""},
		{"large partition", `{"partition":10000000}`, nil, core.Record{Partition: 10000000, Pinned: true}, ""},
		{"partition of the content", `{"partition":"{#message.jsonContent.id % 4}"}`, nil, core.Record{Partition: 3, Pinned: true}, ""},
		{
			"headers", `{"headers":{"b":"{#request.method}","a":"x-{#request.params['p'][0]}","none":"{#request.headers['none']}"}}`,
			func(rec *core.Record) { rec.Headers = []core.Header{{Name: "first", Value: []byte("1")}} },
			core.Record{},
			"first=1 a=x-1 b=POST",
		},
		{
			"headers that the client writes itself", `{"headers":{"x-caller":"{#request.method}","x-tenant":"{#request.headers['none']}","x-was":"{#message.headers['X-Caller'][0]}"}}`,
			func(rec *core.Record) {
				rec.Headers = []core.Header{{Name: "X-Caller", Value: []byte("root")}, {Name: "first", Value: []byte("1")}, {Name: "x-tenant", Value: []byte("other")}}
			},
			core.Record{},
			"first=1 x-caller=POST x-was=root",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			op, _ := publisher(t, endpoint.JSON(test.config), nil)
			x, rec := sent(`{"id":7}`, "X-Key", "k1")
			if test.change != nil {
				test.change(rec)
			}
			if err := compose1(t, op, x, rec); err != nil {
				t.Fatal(err)
			}
			var headers []string
			for _, h := range rec.Headers {
				headers = append(headers, h.Name+"="+string(h.Value))
			}
			if string(rec.Key) != string(test.want.Key) || rec.Partition != test.want.Partition || rec.Pinned != test.want.Pinned ||
				strings.Join(headers, " ") != test.headers || string(rec.Value) != `{"id":7}` {
				t.Errorf("got %+v, headers %v", rec, headers)
			}
		})
	}
}

func TestOptionsThatCannotBeMade(t *testing.T) {
	for config, want := range map[string]string{
		`{"key":"{#request.headers['X-Order'][0]}"}`:                                     `the key of the message cannot be made of this request: it is made of the header "X-Order"`,
		`{"key":"{#request.headers['X-Order']}"}`:                                        `the key of the message cannot be made of this request: it is made of the header "X-Order"`,
		`{"key":"{#message.jsonContent.customer.id}"}`:                                   `the key of the message cannot be made of this request: it is made of the member "customer" of the content`,
		`{"key":"{#request.params['a'][0]}{#request.params['b'][0]}"}`:                   `the key of the message cannot be made of this request: it is made of the query parameter "a" and the query parameter "b"`,
		`{"key":"{#context.attributes['none']}"}`:                                        `the key of the message cannot be made of this request`,
		`{"partition":"{#request.headers['X-Shard'][0]}"}`:                               `the partition of the message cannot be made of this request: it is made of the header "X-Shard"`,
		`{"partition":"{#request.headers['X-Key'][0]}"}`:                                 `the partition of the message is a whole number from 0, not "k1"`,
		`{"partition":"{#message.jsonContent.id - 8}"}`:                                  `the partition of the message is a whole number from 0, not "-1"`,
		`{"partition":"{#message.jsonContent.id * 1000000000}"}`:                         `the partition of the message is a whole number from 0, not "7000000000"`,
		`{"headers":{"x-region":"{#request.headers['X-Region'][0]}"}}`:                   `the header "x-region" of the message cannot be made of this request: it is made of the header "X-Region"`,
		`{"headers":{"a":"{#request.method}","b":"{#message.jsonContent.id.length()}"}}`: `the header "b" of the message cannot be made of this request: it is made of the member "id" of the content`,
	} {
		op, _ := publisher(t, endpoint.JSON(config), nil)
		x, rec := sent(`{"id":7}`, "X-Key", "k1")
		err := compose1(t, op, x, rec)
		coded, ok := err.(*core.Error) //nolint:errorlint // it is not wrapped
		if !ok || coded.Code != core.CodeInvalidRequest || coded.Detail != want {
			t.Errorf("%s: got %v\nwant %s", config, err, want)
		}
		if len(rec.Headers) > 0 {
			t.Errorf("%s: the message has got %v", config, rec.Headers)
		}
	}
}

func TestTombstones(t *testing.T) {
	const keyed = `{"tombstone":true,"key":"{#request.headers['X-Key']?.[0] ?: 'none'}"}`
	op, _ := publisher(t, keyed, nil)
	x, rec := sent("", "X-Key", "k1")
	if err := compose1(t, op, x, rec); err != nil || rec.Value != nil || string(rec.Key) != "k1" {
		t.Errorf("an empty body: got %+v, %v", rec, err)
	}
	x, rec = sent("{}", "X-Key", "k1")
	if err := compose1(t, op, x, rec); err != nil || string(rec.Value) != "{}" {
		t.Errorf("a body: got %+v, %v", rec, err)
	}
	op, _ = publisher(t, `{"tombstone":true}`, nil)
	x, rec = sent("")
	const want = "FAILURE_INVALID_REQUEST: a message without content deletes the key that it names: name one"
	if err := compose1(t, op, x, rec); err == nil || err.Error() != want {
		t.Errorf("without a key: got %v, want %s", err, want)
	}
	op, _ = publisher(t, `{}`, nil)
	x, rec = sent("")
	if err := compose1(t, op, x, rec); err != nil || rec.Value == nil {
		t.Errorf("without the option an empty body is an empty message: got %+v, %v", rec, err)
	}
}

func TestWrongOptions(t *testing.T) {
	for config, want := range map[string]string{
		`{"key":"{#reqest.method}"}`:                   `orders.yaml:9:3: operation "placeOrder" of api "orders": character 2: unknown variable #reqest: did you mean #request? (/http-post/key)`,
		`{"headers":{"a":"{#secrets.get('/env/X')}"}}`: `orders.yaml:9:3: operation "placeOrder" of api "orders": character 2: #secrets exists only in the configuration of an endpoint (/http-post/headers/a)`,
		`{"partition":"{1"}`:                           `orders.yaml:9:3: operation "placeOrder" of api "orders": a partition is a whole number from 0, or an expression, {#…}, not "{1" (/http-post/partition)`,
		`{"condition":"{#message.content}"}`:           `orders.yaml:9:3: operation "placeOrder" of api "orders": character 2: #message exists only where a value is computed for each message (/http-post/condition)`,
	} {
		d := descriptor()
		d.Topic = endpoint.Topic{Template: "orders"}
		d.Entrypoints = []endpoint.Entrypoint{{Kind: endpoint.HTTPPost, Method: "POST", Path: "/orders", Config: endpoint.JSON(config)}}
		_, err := Operation(Input{Descriptor: d, Clients: &clients{}, Log: slog.New(slog.DiscardHandler)})
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v\nwant %s", config, err, want)
		}
	}
}

// TestConditionOnWhatIsComputedLater: conditions are asked before the attributes of the document are
// computed, so one that says what they must not be would let everybody in.
func TestConditionOnWhatIsComputedLater(t *testing.T) {
	for condition, read := range map[string]string{
		"{#context.attributes['blocked'] != 'yes'}": "blocked", "{#context.attributes.get('kafka.groupId') != 'a'}": "kafka.groupId", "{#context.attributes['ofCode'] != 'yes'}": "",
	} {
		d := descriptor()
		d.Topic = endpoint.Topic{Template: "orders"}
		d.Attributes = []endpoint.Attribute{
			{Name: "blocked", Value: `"{#subscription.metadata['blocked']}"`}, {Name: "gravitee.attribute.kafka.groupId", Value: `"b"`},
		}
		d.Entrypoints = []endpoint.Entrypoint{{
			Kind: endpoint.HTTPPost, Method: "POST", Path: "/orders", Config: endpoint.JSON(`{"condition":"` + condition + `"}`),
		}}
		_, err := Operation(Input{Descriptor: d, Clients: &clients{}, Log: slog.New(slog.DiscardHandler)})
		want := fmt.Sprintf(`orders.yaml:9:3: operation "placeOrder" of api "orders": the condition reads the attribute %q, which is computed after it: `+
			`write what the attribute is made of (/http-post/condition)`, read)
		if read == "" && err != nil || read != "" && (err == nil || err.Error() != want) {
			t.Errorf("%s: got %v\nwant %s", condition, err, want)
		}
	}
}

func TestCondition(t *testing.T) {
	d := descriptor()
	d.Topic = endpoint.Topic{Template: "orders"}
	d.Entrypoints = []endpoint.Entrypoint{
		{Kind: endpoint.HTTPPost, Method: "POST", Path: "/orders", Config: `{"condition":"{#subscription.metadata['role'] == 'clerk'}"}`},
		{Kind: endpoint.SSE, Method: "GET", Path: "/orders", Config: `{}`},
	}
	op := mount(t, d, &clients{}, "")
	x, _ := sent("")
	const want = "authorize: FAILURE_FORBIDDEN: the condition of this operation does not hold for this request"
	for role, refused := range map[any]bool{"clerk": false, "guest": true, nil: true} {
		x.Caller.Claims = map[string]any{"role": role}
		switch err := op.Authorize(x); {
		case refused && (err == nil || err.Error() != want):
			t.Errorf("role %v: got %v, want %s", role, err, want)
		case !refused && err != nil:
			t.Errorf("role %v: got %v", role, err)
		}
	}
	x.Kind = endpoint.SSE
	if err := op.Authorize(x); err != nil {
		t.Errorf("an entrypoint without a condition: %v", err)
	}
	failing := d
	failing.Entrypoints = []endpoint.Entrypoint{{Kind: endpoint.HTTPPost, Method: "POST", Path: "/orders", Config: `{"condition":"{#request.headers['none'][0] == 'a'}"}`}}
	x, _ = sent("")
	if err := mount(t, failing, &clients{}, "").Authorize(x); core.CodeOf(err) != core.CodeForbidden {
		t.Errorf("a condition that fails: got %v", err)
	}
	if op, _ := publisher(t, `{}`, nil); op.Authorize != nil {
		t.Error("without conditions there is something to ask")
	}
}
