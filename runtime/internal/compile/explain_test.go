package compile

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/override"
)

// TestExplainNamesThePlaceOfTheConfiguration has one value of the document and one of the
// gateway's configuration.
func TestExplainNamesThePlaceOfTheConfiguration(t *testing.T) {
	d := descriptor()
	d.Endpoints = []endpoint.JSON{`{"name":"default","configuration":{"bootstrapServers":"a:1"},
		"sharedConfigurationOverride":{"consumer":{"enabled":true,"autoOffsetReset":"earliest"}}}`}
	d.Topic = endpoint.Topic{Template: "orders"}
	d.Entrypoints = []endpoint.Entrypoint{{Kind: endpoint.HTTPGet, Method: "GET", Path: "/orders", Config: `{"path":"/orders","qos":"none"}`}}
	d.Origin = []endpoint.Origin{
		{Pointer: "/configuration/bootstrapServers", Source: "orders.yaml:4:9"},
		{Pointer: "/sharedConfigurationOverride/consumer/autoOffsetReset", Source: "orders.yaml:5:9"},
	}
	cfg := resolve(t, d, `{"apis":{"orders":{"endpoints":{"default":{"configuration":{"bootstrapServers":"b:1"}}}}}}`)
	e, err := Explain(Input{Descriptor: d, Config: cfg, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	made, err := e.Request(in("eu"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][2]string{}
	for _, value := range made.Endpoints[0].Values {
		got[value.Pointer] = [2]string{value.Value, value.Source}
	}
	place, _ := cfg.Place("/endpoints/default/configuration/bootstrapServers")
	for pointer, want := range map[string][2]string{
		"/configuration/bootstrapServers":                       {`"b:1"`, place},
		"/sharedConfigurationOverride/consumer/autoOffsetReset": {`"earliest"`, "orders.yaml:5:9"},
		"/sharedConfigurationOverride/consumer/encodeMessageId": {"true", "default"},
	} {
		if got[pointer] != want {
			t.Errorf("%s: got %v, want %v", pointer, got[pointer], want)
		}
	}
}

// TestWhatAttributesSupplyIsNotMissing has a login whose JAAS text only an attribute gives.
func TestWhatAttributesSupplyIsNotMissing(t *testing.T) {
	d := descriptor()
	d.Topic = endpoint.Topic{Template: "orders"}
	d.Endpoints = []endpoint.JSON{`{"name":"default","configuration":{"bootstrapServers":"a:1"},"sharedConfigurationOverride":{
		"producer":{"enabled":true},"consumer":{"enabled":true},"security":{"protocol":"SASL_PLAINTEXT","sasl":{"saslMechanism":"PLAIN"}}}}`}
	if _, _, err := compileFrom(t, d, ""); err == nil {
		t.Error("a login without a JAAS text is compiled")
	}
	assign(&d, "gravitee.attributes.endpoint.kafka.security.sasl.saslJaasConfig",
		`org.apache.kafka.common.security.plain.PlainLoginModule required username=a password=b;`)
	if _, _, err := compileFrom(t, d, ""); err != nil {
		t.Error(err)
	}
}

// TestExplainOptions: what the options of an entrypoint say about messages, weaker than attributes.
func TestExplainOptions(t *testing.T) {
	const config = `"publisher":{"enabled":true},"subscriber":{"enabled":false},"key":"{#request.headers['X-Key'][0]}","partition":"{#request.params['p'][0]}",` +
		`"headers":{"a":"fixed","b":"{#message.contentLength}","c":"{#request.headers['None']}"}}`
	lines := func(kind string) []override.Explained {
		return []override.Explained{
			{Pointer: "/" + kind + "/key", Value: `"k"`, Source: "orders.yaml:12:9"},
			{Pointer: "/" + kind + "/partition", Value: "1", Source: "orders.yaml:9:3"},
			{Pointer: "/" + kind + "/headers/a", Value: `"fixed"`, Source: "orders.yaml:9:3"},
			{Pointer: "/" + kind + "/headers/b", Value: `"{#message.contentLength}"`, Source: "orders.yaml:9:3", OfEachMessage: true},
		}
	}
	made := func(kind string) []override.Explained {
		all := lines(kind)
		all[0].Value, all[0].Problem = `"{#request.headers['X-Key'][0]}"`, `a message whose frame names no key is refused: `+
			`the key of the message cannot be made of this request: it is made of the header "X-Key"`
		return all
	}
	keyed := override.Explained{Pointer: "recordKey", Value: `"r"`, Source: "attribute " + recordKey + " (orders.yaml:20:5)"}
	for _, test := range []struct {
		name       string
		kind       endpoint.Kind
		attributes []string
		headers    []string
		want       []override.Explained
		problem    string
	}{
		{"post", endpoint.HTTPPost, nil, []string{"X-Key", "k"}, lines("http-post"), ""},
		{"an attribute is stronger", endpoint.HTTPPost, []string{recordKey, "r"}, []string{"X-Key", "k"}, append([]override.Explained{keyed}, lines("http-post")[1:]...), ""},
		{
			"post without the header", endpoint.HTTPPost,
			[]string{recordKey, "r"},
			nil, nil,
			`the key of the message cannot be made of this request: it is made of the header "X-Key"`,
		},
		{"socket", endpoint.WebSocket, nil, []string{"X-Key", "k"}, lines("websocket"), ""},
		{"socket without the header", endpoint.WebSocket, nil, nil, made("websocket"), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := descriptor()
			d.Topic = endpoint.Topic{Template: "orders"}
			entry := endpoint.Entrypoint{Kind: test.kind, Method: "POST", Path: "/orders", Config: `{` + config}
			if test.kind == endpoint.HTTPPost {
				entry.Config = endpoint.JSON(`{` + config[strings.Index(config, `"key"`):])
			}
			d.Entrypoints = []endpoint.Entrypoint{entry}
			d.Origin = []endpoint.Origin{
				{Pointer: "/" + string(test.kind), Source: "orders.yaml:9:3"}, {Pointer: "/" + string(test.kind) + "/key", Source: "orders.yaml:12:9"},
			}
			assign(&d, test.attributes...)
			e, err := Explain(Input{Descriptor: d, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			x, _ := sent("{}", test.headers...)
			x.Kind = test.kind
			got, err := e.Request(x)
			if test.problem != "" {
				if err == nil || override.Reason(err) != test.problem {
					t.Errorf("got %v, want %s", err, test.problem)
				}
				return
			}
			if diff := cmp.Diff(test.want, got.Messages); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestExplainTheDeadLetterTopic: it is one of the values of a websocket that subscribes.
func TestExplainTheDeadLetterTopic(t *testing.T) {
	d := descriptor()
	d.Topic = endpoint.Topic{Template: "orders"}
	d.Entrypoints = []endpoint.Entrypoint{{
		Kind: endpoint.WebSocket, Method: "GET", Path: "/ws",
		Config: `{"qos":"at-least-once","publisher":{"enabled":false},"deadLetterTopic":"{#context.attributes['dead']}"}`,
	}}
	d.Origin = []endpoint.Origin{{Pointer: "/websocket/deadLetterTopic", Source: "orders.yaml:12:9"}}
	assign(&d, "dead", "{#request.headers['X-Dead']?.[0]}")
	e, err := Explain(Input{Descriptor: d, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{
		"eu-dead": `{/websocket/deadLetterTopic "eu-dead" orders.yaml:12:9 false  }`, "": "none",
		"us-dead": `deadLetterTopic: "us-dead" is not allowed`,
	} {
		x, _ := sent("", "X-Dead", header)
		x.Kind = endpoint.WebSocket
		made, err := e.Request(x)
		got := "none"
		if err != nil {
			got = override.Reason(err)
		} else if last := made.Endpoints[0].Values[len(made.Endpoints[0].Values)-1]; last.Pointer == "/websocket/deadLetterTopic" {
			got = fmt.Sprint(last)
		}
		if got != want || len(made.Messages) > 0 {
			t.Errorf("%q: got %s, want %s; messages %v", header, got, want, made.Messages)
		}
	}
}
