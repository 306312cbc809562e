package override

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func TestExplain(t *testing.T) {
	shared := "/sharedConfigurationOverride/"
	o := compile(t, given{
		object: object(`"consumer":{"enabled":true,"topicPattern":"a.*","autoOffsetReset":"{#request.headers['x'][0]}"},"producer":{"enabled":true,"topics":["p"]},` +
			`"security":{"protocol":"SASL_PLAINTEXT","sasl":{"saslMechanism":"PLAIN","saslJaasConfig":` +
			`"` + plainModule + ` required username=\"a\" password=\"{#secrets.get('/env/PASSWORD')}\";"}}`),
		attributes: []endpoint.Attribute{
			{Name: prefix + "producer.topics", Value: `"one"`, Source: "orders.yaml:1:1"},
			{Name: prefix + "producer.topics", Value: `"two"`, Source: "orders.yaml:2:1"},
			{Name: prefix + "producer.topics", Value: `"three"`, Condition: "{#request.method == 'POST'}", Source: "orders.yaml:3:1"},
			{Name: "gravitee.attribute.kafka.consumer.topics", Value: `"c,d"`, Source: "orders.yaml:4:1"},
			{Name: "gravitee.attribute.kafka.groupId", Value: `"g"`, Source: "orders.yaml:5:1"},
			{Name: "gravitee.attribute.kafka.recordKey", Value: `"k"`, Source: "orders.yaml:6:1"},
		},
		origin: []endpoint.Origin{
			{Pointer: "/configuration/bootstrapServers", Source: "orders.yaml:10:3"},
			{Endpoint: "default", Pointer: shared + "consumer/autoOffsetReset", Source: "gateway.yaml:3:3"},
			{Endpoint: "other", Pointer: shared + "consumer/enabled", Source: "orders.yaml:99:3"},
			{Pointer: shared + "security/sasl/saslJaasConfig", Source: "orders.yaml:12:3"},
		},
	})
	x := request(t, "x: earliest")
	x.Kind = endpoint.WebSocket
	x.Attributes.Set(prefix+"consumer.encodeMessageId", false)
	explained, err := o.Explain(x, endpoint.Publishing|endpoint.Subscribing)
	if err != nil {
		t.Fatal(err)
	}
	got, messages := explained.Values, explained.Messages
	if diff := cmp.Diff([]Explained{{Pointer: "recordKey", Value: `"k"`, Source: "attribute gravitee.attribute.kafka.recordKey (orders.yaml:6:1)"}}, messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	byPointer := map[string][2]string{}
	last := ""
	for _, line := range got {
		byPointer[line.Pointer] = [2]string{line.Value, line.Source}
		if strings.Contains(line.Value, "hunter2") {
			t.Error("a secret is shown")
		}
		if line.Pointer <= last {
			t.Errorf("%s stands after %s", line.Pointer, last)
		}
		last = line.Pointer
	}
	for pointer, want := range map[string][2]string{
		"/name":                                 {`"default"`, "default"},
		"/configuration/bootstrapServers":       {`"kafka:9092"`, "orders.yaml:10:3"},
		shared + "consumer/enabled":             {"true", "default"},
		shared + "consumer/autoOffsetReset":     {`"earliest"`, "gateway.yaml:3:3"},
		shared + "consumer/encodeMessageId":     {"false", "attribute " + prefix + "consumer.encodeMessageId (set by code)"},
		shared + "consumer/topics":              {`["c","d"]`, "attribute gravitee.attribute.kafka.consumer.topics (orders.yaml:4:1)"},
		shared + "consumer/topicPattern":        {"", ""},
		shared + "producer/topics":              {`["two"]`, "attribute " + prefix + "producer.topics (orders.yaml:2:1)"},
		shared + "security/sasl/saslJaasConfig": {`"REDACTED"`, "orders.yaml:12:3"},
		"groupId":                               {`"g"`, "attribute gravitee.attribute.kafka.groupId (orders.yaml:5:1)"},
	} {
		if diff := cmp.Diff(want, byPointer[pointer]); diff != "" {
			t.Errorf("%s: %s", pointer, diff)
		}
	}
	_, err = o.Explain(request(t), endpoint.Subscribing)
	wants(t, err, core.CodeConfigurationInvalid, invalidText+"consumer.autoOffsetReset (gateway.yaml:3:3): character 23: null has no items")
}

// TestExplainSpeaksOfOneDirection has topics that only one direction may choose.
func TestExplainSpeaksOfOneDirection(t *testing.T) {
	const name = "gravitee.attribute.kafka.topics"
	o := compile(t, given{
		object: object(``), attributes: []endpoint.Attribute{set(name, "{#request.headers['x'][0]}")},
		allow: map[string][]string{"consumer.topics": {"*"}},
	})
	x := request(t, "x: a")
	got, err := o.Explain(x, endpoint.Subscribing)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Messages) != 0 {
		t.Errorf("messages of a subscriber: %v", got.Messages)
	}
	want := []Explained{{Pointer: "/sharedConfigurationOverride/consumer/topics", Value: `["a"]`, Source: "attribute " + name + " (orders.yaml:9:7)"}}
	var topics []Explained
	for _, line := range got.Values {
		if strings.HasSuffix(line.Pointer, "/topics") {
			topics = append(topics, line)
		}
	}
	if diff := cmp.Diff(want, topics); diff != "" {
		t.Error(diff)
	}
	x.Kind = endpoint.HTTPPost
	_, err = o.Explain(x, endpoint.Publishing)
	wants(t, err, core.CodeNotAllowed, refusedText+`producer.topics: "a" is not allowed`)
}
