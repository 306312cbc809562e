package compile

import (
	"log/slog"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
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
	for _, value := range made[0].Values {
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
