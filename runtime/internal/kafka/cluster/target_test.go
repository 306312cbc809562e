package cluster

import (
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

func parse(t *testing.T, brokers, security string) Target {
	t.Helper()
	text := `{"name":"n","configuration":{"bootstrapServers":"` + brokers + `"}`
	if security != "" {
		text += `,"sharedConfigurationOverride":{"security":` + security + `}`
	}
	got, err := ParseTarget(endpoint.JSON(text + "}"))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestParseTarget(t *testing.T) {
	got := parse(t, "a:9092, b:9093 ,[::1]:9094", "")
	if want := []string{"a:9092", "b:9093", "[::1]:9094"}; !slices.Equal(got.Brokers, want) || got.Name != "n" {
		t.Errorf("got %+v, want brokers %v", got, want)
	}
}

func TestKeyIsTheWholeConfiguration(t *testing.T) {
	base := parse(t, "a:9092", `{"protocol":"SSL","ssl":{"keystore":{"password":"one"}}}`)
	same := parse(t, "a:9092", `{"ssl":{"keystore":{"password":"one"}},"protocol":"SSL"}`)
	if base.Key() != same.Key() {
		t.Error("the order of members changes the key")
	}
	for _, other := range []Target{
		parse(t, "b:9092", `{"protocol":"SSL","ssl":{"keystore":{"password":"one"}}}`),
		parse(t, "a:9092", `{"protocol":"SSL","ssl":{"keystore":{"password":"two"}}}`),
		parse(t, "a:9092", ""),
	} {
		if other.Key() == base.Key() {
			t.Errorf("%+v has the same key", other)
		}
	}
	if strings.Contains(base.Key(), "one") || len(base.Key()) != 32 {
		t.Errorf("key %q is not a hash", base.Key())
	}
}

func TestParseTargetRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: `configuration.bootstrapServers is empty`,
		`{"configuration":{"bootstrapServers":" , "}}`:                                                               `configuration.bootstrapServers is empty`,
		`{"configuration":{"bootstrapServers":"kafka"}}`:                                                             `configuration.bootstrapServers: "kafka" is not host:port`,
		`{"configuration":{"bootstrapServers":":9092"}}`:                                                             `configuration.bootstrapServers: ":9092" is not host:port`,
		`{"configuration":{"bootstrapServers":"a:0"}}`:                                                               `configuration.bootstrapServers: port of "a:0" is not in 1 to 65535`,
		`{"configuration":{"bootstrapServers":"a:kafka"}}`:                                                           `configuration.bootstrapServers: port of "a:kafka" is not in 1 to 65535`,
		`{"configuration":{"bootstrapServers":"a:1"}`:                                                                `endpoint: unexpected end of JSON input`,
		`{"configuration":{"bootstrapServers":"a:1"},"sharedConfigurationOverride":{"security":{"protocol":"TLS"}}}`: `security.protocol "TLS" is none of PLAINTEXT, SASL_PLAINTEXT, SASL_SSL, SSL`,
	} {
		if _, err := ParseTarget(endpoint.JSON(text)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
