package override

import (
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// TestTopicOfAnOption: what an option of an entrypoint names for a request.
func TestTopicOfAnOption(t *testing.T) {
	const chosen = "{#request.headers['X-Topic']?.[0]}"
	header := []endpoint.Attribute{set("chosen", chosen)}
	fixed := []endpoint.Attribute{set("chosen", "orders.{#properties['region']}")}
	const refused, wrong = refusedText, invalidText
	for _, test := range []struct {
		name, text string
		attributes []endpoint.Attribute
		header     string
		want       string // the topic
		code       core.Code
		problem    string
	}{
		{name: "a text", text: "orders.dead", want: "orders.dead"},
		{name: "of the gateway", text: "{#properties['region']}.dead", want: "eu.dead"},
		{name: "of the gateway, nothing", text: "{#properties['none']}"},
		{name: "of the caller", text: "{#subscription.clientId}.dead", want: "ann.dead"},
		{name: "of code", text: "{#context.attributes['code']}", want: "by-code"},
		{name: "of an attribute", text: "{#context.attributes['chosen']}", attributes: fixed, want: "orders.eu"},
		{name: "chosen", text: chosen, header: "eu.dead", want: "eu.dead"},
		{name: "chosen by an attribute", text: "{#context.attributes['chosen']}", attributes: header, header: "eu.dead", want: "eu.dead"},
		{name: "nothing chosen", text: chosen},
		{name: "not allowed", text: chosen, header: "us.dead", code: core.CodeNotAllowed, problem: refused + `deadLetterTopic: "us.dead" is not allowed`},
		{
			name: "not allowed, by an attribute", text: "{#context.attributes['chosen']}", attributes: header, header: "us.dead",
			code: core.CodeNotAllowed, problem: refused + `deadLetterTopic: "us.dead" is not allowed`,
		},
		{name: "internal", text: chosen, header: "__eu", code: core.CodeNotAllowed, problem: refused + `deadLetterTopic: topic "__eu" is internal to Kafka`},
		{
			name: "illegal", text: chosen, header: "eu dead", code: core.CodeNotAllowed,
			problem: refused + `deadLetterTopic: topic name "eu dead" holds ' ': only letters, digits, '.', '_' and '-' are allowed`,
		},
		{name: "internal, of code", text: "__{#context.attributes['code']}", code: core.CodeConfigurationInvalid, problem: wrong + `deadLetterTopic: topic "__by-code" is internal to Kafka`},
		{
			name: "it fails", text: "{#request.headers['X-Topic'][0]}", code: core.CodeConfigurationInvalid,
			problem: wrong + "deadLetterTopic: character 29: null has no items",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := compile(t, given{object: object(``), attributes: test.attributes, allow: map[string][]string{"producer.topics": {"eu*", "__*"}}})
			topic, err := o.Topic("deadLetterTopic", test.text)
			if err != nil {
				t.Fatal(err)
			}
			x := request(t)
			if test.header != "" {
				x = request(t, "X-Topic: "+test.header)
			}
			x.Attributes.Set("code", "by-code")
			x.Caller = exchange.Caller{Identity: exchange.Identity{Subject: "ann"}}
			o.attributes.Request(x)
			got, err := topic.Name(x)
			wants(t, err, test.code, test.problem)
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestTopicOfAnOptionRefused: what shows before there is a request.
func TestTopicOfAnOptionRefused(t *testing.T) {
	o := compile(t, given{object: object(``), attributes: []endpoint.Attribute{set("chosen", "{#request.method}")}})
	for _, test := range []struct{ text, want string }{
		{"{#request.headers['X-Topic'][0]}", "deadLetterTopic depends on a request: write what requests may choose, x-kafka-allow: { producer.topics: [ … ] }"},
		{"{#context.attributes['chosen']}", "deadLetterTopic depends on a request: write what requests may choose, x-kafka-allow: { producer.topics: [ … ] }"},
		{"{#message.content}", "character 2: #message exists only where a value is computed for each message"},
		{"__{#properties['region']}", `topic "__eu" is internal to Kafka`},
		{"{#properties['region']} dead", `topic name "eu dead" holds ' ': only letters, digits, '.', '_' and '-' are allowed`},
		{"{#dictionaries['none']['eu']}", "character 23: null has no items"},
	} {
		_, err := o.Topic("deadLetterTopic", test.text)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s:\ngot  %v\nwant %s", test.text, err, test.want)
		}
	}
}
