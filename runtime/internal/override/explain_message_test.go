package override

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// at20 gives an assignment a condition and a place of its own.
func at20(a endpoint.Attribute, condition string) endpoint.Attribute {
	a.Condition, a.Source = condition, "orders.yaml:20:7"
	return a
}

// TestExplainMessages: what attributes choose for messages, with what needs one as it is written.
func TestExplainMessages(t *testing.T) {
	const (
		topics, all, key = "gravitee.attribute.kafka.producer.topics", "gravitee.attribute.kafka.topics", "gravitee.attribute.kafka.recordKey"
		content          = "{#message.jsonContent.id}"
	)
	of := func(pointer, name, value string) Explained {
		return Explained{Pointer: pointer, Value: value, Source: "attribute " + name + " (orders.yaml:9:7)"}
	}
	each := func(e Explained) Explained {
		e.OfEachMessage = true
		return e
	}
	conditional := each(of("recordKey", key, `"{#message.jsonContent.id}"`))
	conditional.Source, conditional.Condition = "attribute "+key+" (orders.yaml:20:7)", "{#message.contentLength > 3}"
	for _, test := range []struct {
		name       string
		attributes []endpoint.Attribute
		want       []Explained
	}{
		{"nothing", []endpoint.Attribute{perMessage("free", content)}, nil},
		{"of a message", []endpoint.Attribute{perMessage(topics, "orders-"+content)}, []Explained{each(of("producer.topics", topics, `"orders-{#message.jsonContent.id}"`))}},
		{"of the request alone", []endpoint.Attribute{perMessage(topics, "orders-{#request.headers['X'][0]}")}, []Explained{of("producer.topics", topics, `["orders-x"]`)}},
		{"the last one counts", []endpoint.Attribute{perMessage(topics, "a"), perMessage(topics, "b")}, []Explained{of("producer.topics", topics, `["b"]`)}},
		{
			"what is certain ends the list",
			[]endpoint.Attribute{perMessage(all, "weak"), perMessage(topics, "weaker"), perMessage(topics, "b"), perMessage(topics, content), perMessage(topics, "{#request.headers['none']}")},
			[]Explained{each(of("producer.topics", topics, `"{#message.jsonContent.id}"`)), of("producer.topics", topics, `["b"]`)},
		},
		{
			"families",
			[]endpoint.Attribute{perMessage(all, "c"), perMessage(topics, content), perMessage(prefix+"producer.topics", content)},
			[]Explained{
				each(of("producer.topics", prefix+"producer.topics", `"{#message.jsonContent.id}"`)),
				each(of("producer.topics", topics, `"{#message.jsonContent.id}"`)), of("producer.topics", all, `["c"]`),
			},
		},
		{
			"conditions",
			[]endpoint.Attribute{
				set(key, "k"), at20(perMessage(key, "never"), "{#request.method == 'PATCH'}"), at20(perMessage(key, content), "{#message.contentLength > 3}"),
			},
			[]Explained{conditional, of("recordKey", key, `"k"`)},
		},
		{"a value that fails", []endpoint.Attribute{set(key, "k"), perMessage(key, "{#request.headers['none'][0]}")}, []Explained{of("recordKey", key, `"k"`)}},
		{"of an attribute of the request", []endpoint.Attribute{set("x", "y"), perMessage(key, "{#context.attributes['x']}")}, []Explained{of("recordKey", key, `"y"`)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := compile(t, given{object: object(`"producer":{"enabled":true}`), attributes: test.attributes, allow: map[string][]string{"producer.topics": {"orders-*", "a*", "b*", "c*", "d*"}}})
			x := request(t, "X: x")
			x.Kind = endpoint.HTTPPost
			got, err := o.Explain(x, endpoint.Publishing)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got.Messages); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestExplainWhatIsNotSet: attributes whose condition or value fails, in both phases. One whose
// condition is false, or whose value is null, is as it was meant.
func TestExplainWhatIsNotSet(t *testing.T) {
	const key = "gravitee.attribute.kafka.recordKey"
	failing := "{#request.headers['none'][0]}"
	o := compile(t, given{
		object: object(`"producer":{"enabled":true}`),
		attributes: []endpoint.Attribute{
			set("value", failing), set("null", "{#request.headers['none']}"), at20(set("condition", "a"), "{#request.headers['none'][0] == 'a'}"),
			at20(set("false", "a"), "{#request.method == 'PATCH'}"), set(prefix+"security.sasl.saslJaasConfig", plainModule+" required username=a password=\""+failing+"\";"),
			perMessage(key, failing), at20(perMessage(key, "a"), "{#request.headers['none'][0] == 'a'}"),
		},
	})
	x := request(t)
	x.Kind = endpoint.HTTPPost
	got, err := o.Explain(x, endpoint.Publishing)
	if err != nil {
		t.Fatal(err)
	}
	const written, first, second = `"{#request.headers['none'][0]}"`, "orders.yaml:9:7", "orders.yaml:20:7"
	want := []Explained{
		{Pointer: "value", Value: written, Source: first, Problem: "character 26: null has no items"},
		{Pointer: "condition", Value: `"a"`, Source: second, Problem: "condition: character 26: null has no items"},
		{Pointer: prefix + "security.sasl.saslJaasConfig", Value: `"REDACTED"`, Source: first, Problem: "option password: character 26: null has no items"},
		{Pointer: key, Value: `"a"`, Source: second, Problem: "condition: character 26: null has no items"},
		{Pointer: key, Value: written, Source: first, Problem: "character 26: null has no items"},
	}
	if diff := cmp.Diff(want, got.Unset); diff != "" || len(got.Messages) > 0 {
		t.Errorf("messages %v, not set (-want +got):\n%s", got.Messages, diff)
	}
}

// TestExplainMessagesThatAreRefused: one message is refused with its request, those of a socket by
// themselves.
func TestExplainMessagesThatAreRefused(t *testing.T) {
	const name = "gravitee.attribute.kafka.producer.topics"
	o := compile(t, given{
		object: object(`"producer":{"enabled":true}`), attributes: []endpoint.Attribute{perMessage(name, "orders-{#request.method}")},
		allow: map[string][]string{"producer.topics": {"orders-eu"}},
	})
	x := request(t)
	x.Kind = endpoint.HTTPPost
	_, err := o.Explain(x, endpoint.Publishing)
	wants(t, err, core.CodeNotAllowed, refusedText+`producer.topics: "orders-GET" is not allowed`)
	x = request(t)
	x.Kind = endpoint.WebSocket
	got, err := o.Explain(x, endpoint.Publishing)
	want := []Explained{{
		Pointer: "producer.topics", Value: `["orders-GET"]`, Source: "attribute " + name + " (orders.yaml:9:7)",
		Problem: `each message is refused: producer.topics: "orders-GET" is not allowed`,
	}}
	if diff := cmp.Diff(want, got.Messages); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
