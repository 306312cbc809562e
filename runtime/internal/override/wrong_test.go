package override

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

const (
	invalidText = "evaluate configuration: FAILURE_CONFIGURATION_INVALID: "
	refusedText = "evaluate configuration: FAILURE_NOT_ALLOWED: "
)

func TestWrongRequests(t *testing.T) {
	long := strings.Repeat("x", 40_000)
	var names []string
	for i := range 1001 {
		names = append(names, fmt.Sprintf("t%d", i))
	}
	anything := map[string][]string{
		"consumer.topics": {"*"}, "consumer.topicPattern": {"*"}, "producer.topics": {"*"}, "bootstrapServers": {"*"}, "security.protocol": {"*"},
	}
	for _, c := range []struct {
		name, shared string
		attributes   []endpoint.Attribute
		allow        map[string][]string
		header, want string
	}{
		{
			name: "header missing", shared: `"consumer":{"autoOffsetReset":"{#request.headers['y'][0]}"}`,
			want: invalidText + "consumer.autoOffsetReset: character 23: null has no items",
		},
		{
			name: "index out of range", shared: `"producer":{"topics":["a","{#request.headers['x'][1]}"]}`, allow: anything, header: "a",
			want: invalidText + "producer.topics: item 2: character 23: the index is out of range: the list has 1 item",
		},
		{
			name: "no value of the enumeration", shared: `"consumer":{"autoOffsetReset":"{#request.headers['x'][0]}"}`, header: "EARLIEST",
			want: invalidText + `"EARLIEST" is none of earliest, latest, none: did you mean "earliest"? (/sharedConfigurationOverride/consumer/autoOffsetReset)`,
		},
		{
			name: "no value of the enumeration, by attribute", shared: ``,
			attributes: []endpoint.Attribute{set(prefix+"producer.compressionType", "{#request.headers['x'][0]}")}, header: "brotli",
			want: invalidText + `"brotli" is none of none, gzip, snappy, lz4, zstd (/sharedConfigurationOverride/producer/compressionType)`,
		},
		{
			name: "no boolean", attributes: []endpoint.Attribute{set(prefix+"consumer.encodeMessageId", "{#request.headers['x'][0]}")}, header: "yes",
			want: invalidText + `attribute "` + prefix + `consumer.encodeMessageId": "yes" is neither true nor false`,
		},
		{
			name: "not allowed", shared: `"consumer":{"topics":["{#request.headers['x'][0]}"]}`, header: "us-orders",
			allow: map[string][]string{"consumer.topics": {"eu-*", "all"}}, want: refusedText + `consumer.topics: "us-orders" is not allowed`,
		},
		{
			name: "one of several not allowed", shared: `"consumer":{"topics":["{#request.headers['x'][0]}"]}`, header: "eu-orders, us-orders",
			allow: map[string][]string{"consumer.topics": {"eu-*", "all"}}, want: refusedText + `consumer.topics: "us-orders" is not allowed`,
		},
		{
			name: "not allowed, by attribute", attributes: []endpoint.Attribute{set(prefix+"producer.topics", "{#request.headers['x'][0]}")}, header: "us",
			allow: map[string][]string{"producer.topics": {"eu"}}, want: refusedText + `producer.topics: "us" is not allowed`,
		},
		{
			name: "illegal topic", shared: `"producer":{"topics":["a-{#request.headers['x'][0]}"]}`, header: "../b", allow: anything,
			want: refusedText + `producer.topics: topic name "a-../b" holds '/': only letters, digits, '.', '_' and '-' are allowed`,
		},
		{
			name: "internal topic", shared: `"consumer":{"topics":["{#request.headers['x'][0]}"]}`, header: "__consumer_offsets", allow: anything,
			want: refusedText + `consumer.topics: topic "__consumer_offsets" is internal to Kafka`,
		},
		{
			name: "many topics to write", shared: `"producer":{"topics":["{#request.headers['x'][0]}"]}`, header: strings.Join(names[:101], ","), allow: anything,
			want: refusedText + `producer.topics: a request may choose 100 topics, not 101`,
		},
		{
			name: "many topics to read", shared: `"consumer":{"topics":["{#request.headers['x'][0]}"]}`, header: strings.Join(names, ","), allow: anything,
			want: refusedText + `consumer.topics: a request may choose 1000 topics, not 1001`,
		},
		{
			name: "line break in a topic", shared: `"consumer":{"topics":["{#request.headers['x'][0]}"]}`, header: "a\r\nb", allow: anything,
			want: refusedText + `consumer.topics: topic name "a\r\nb" holds '\r': only letters, digits, '.', '_' and '-' are allowed`,
		},
		{
			name: "long topic", shared: `"consumer":{"topics":["{#request.headers['x'][0]}"]}`, header: long, allow: anything,
			want: refusedText + `consumer.topics: topic name is longer than 249 characters`,
		},
		{
			name: "pattern with look-around", shared: `"consumer":{"topicPattern":"{#request.headers['x'][0]}"}`, header: "a(?=b)", allow: anything,
			want: invalidText + `look-ahead (?=…) at character 2 does not exist in RE2, whose time is linear: list the topics, ` +
				`or write one pattern for the whole name (/sharedConfigurationOverride/consumer/topicPattern)`,
		},
		{
			name: "long pattern", shared: `"consumer":{"topicPattern":"{#request.headers['x'][0]}"}`, header: long, allow: anything,
			want: invalidText + `the pattern is longer than 1000 bytes (/sharedConfigurationOverride/consumer/topicPattern)`,
		},
		{
			name: "pattern beyond its entry", shared: `"consumer":{"topicPattern":"{#request.headers['x'][0]}"}`, header: "us-.*",
			allow: map[string][]string{"consumer.topicPattern": {"eu-*"}}, want: refusedText + `consumer.topicPattern: "us-.*" is not allowed`,
		},
		{
			name: "brokers", attributes: []endpoint.Attribute{set(prefix+"bootstrapServers", "{#request.headers['x'][0]}")}, header: "eu-1:9092,evil:9092",
			allow: map[string][]string{"bootstrapServers": {"eu-*"}}, want: refusedText + `bootstrapServers: "evil:9092" is not allowed`,
		},
		{
			name: "brokers with a line break", attributes: []endpoint.Attribute{set(prefix+"bootstrapServers", "{#request.headers['x'][0]}")},
			header: "eu-1:9092\nx", allow: anything,
			want: invalidText + `bootstrap servers are written host:port, several separated by commas, not "eu-1:9092\nx" (/configuration/bootstrapServers)`,
		},
		{
			name: "protocol", attributes: []endpoint.Attribute{set(prefix+"security.protocol", "{#request.headers['x'][0]}")}, header: "PLAINTEXT",
			allow: map[string][]string{"security.protocol": {"SSL"}}, want: refusedText + `security.protocol: "PLAINTEXT" is not allowed`,
		},
		{
			name: "a condition of the schema", attributes: []endpoint.Attribute{set(prefix+"security.protocol", "{#request.headers['x'][0]}")}, header: "SASL_SSL",
			allow: anything, want: invalidText + `sasl is missing: security.protocol SASL_PLAINTEXT and SASL_SSL need it (/sharedConfigurationOverride/security)`,
		},
		{
			name: "a secret that is not allowed", shared: jks, header: "s3cret",
			attributes: []endpoint.Attribute{set(prefix+"security.ssl.keystore.password", "{#request.headers['x'][0]}")},
			allow:      map[string][]string{"security.ssl.keystore.password": {"other"}},
			want:       refusedText + `security.ssl.keystore.password: the value is not allowed`,
		},
		{
			name: "not UTF-8", shared: `"consumer":{"topicPattern":"{#request.headers['x'][0]}"}`, header: "a\xff", allow: anything,
			want: invalidText + `consumer.topicPattern: the value is not UTF-8`,
		},
		{
			name: "not UTF-8, by attribute", attributes: []endpoint.Attribute{set(prefix+"producer.topics", "{#request.headers['x'][0]}")},
			header: "a,\xff", allow: anything, want: invalidText + `producer.topics: the value is not UTF-8`,
		},
		{
			name: "a value of a list is no text", attributes: []endpoint.Attribute{set(prefix+"consumer.autoOffsetReset", "{({'a','b'})}")},
			want: invalidText + `"a,b" is none of earliest, latest, none (/sharedConfigurationOverride/consumer/autoOffsetReset)`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := compile(t, given{object: object(c.shared), attributes: c.attributes, allow: c.allow})
			headers := []string{"x: " + c.header}
			if c.header == "" {
				headers = nil
			}
			e, err := o.run(t, headers...)
			code := core.CodeNotAllowed
			if strings.HasPrefix(c.want, invalidText) {
				code = core.CodeConfigurationInvalid
			}
			wants(t, err, code, c.want)
			if e != nil {
				t.Errorf("there is an endpoint: %v", e)
			}
			var known *core.Error
			if errors.As(err, &known) && code == core.CodeConfigurationInvalid && known.Detail != "" {
				t.Errorf("the client is told %q", known.Detail)
			}
			if o.outcomes.order.Len() != 0 {
				t.Error("a failure is kept")
			}
		})
	}
}

func TestAllowedRequests(t *testing.T) {
	for _, c := range []struct {
		property, value string
		entries         []string
	}{
		{"consumer.topics", "eu-a, all", []string{"eu-*", "all"}},
		{"bootstrapServers", "eu-1:9092, eu-2:9092", []string{"eu-*"}},
		{"bootstrapServers", "a:1,b:2", []string{"a:1,b:2"}},
		{"security.protocol", "SSL", []string{"SSL"}},
	} {
		o := compile(t, given{
			object: object(``), attributes: []endpoint.Attribute{set(prefix+c.property, "{#request.headers['x'][0]}")},
			allow: map[string][]string{c.property: c.entries},
		})
		if _, err := o.run(t, "x: "+c.value); err != nil {
			t.Errorf("%s %q: %v", c.property, c.value, err)
		}
	}
	// What code sets is not judged, nor what authentication found out.
	o := compile(t, given{object: object(`"producer":{"topics":["{#subscription.clientId}-orders"]}`)})
	x := request(t)
	x.Caller.Subject = "acme"
	x.Attributes.Set(prefix+"consumer.topics", "any")
	e, err := o.Evaluate(x)
	if err != nil || e.Producer.Topics[0] != "acme-orders" || e.Consumer.Topics[0] != "any" {
		t.Errorf("got %v, %v", e, err)
	}
}

func TestRequestedPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern string
		entries []string
		matches []string
		refused bool
	}{
		{"eu-.*", []string{"eu-*"}, []string{"eu-1"}, false},
		{".*", []string{"eu-*", "all"}, []string{"eu-1", "all"}, false},
		{"(eu|us)-1", []string{"eu-*"}, []string{"eu-1"}, false},
		{"all", []string{"eu-*", "all"}, []string{"all"}, false},
		{"e.*", []string{"eu-*"}, []string{"eu-1"}, false},
		{"eu-1.*", []string{"eu-*"}, []string{"eu-1"}, false},
		{".*", []string{"*"}, []string{"eu-1", "us-1", "all"}, false},
		{"us-.*", []string{"eu-*", "all"}, nil, true},
		{"us", []string{"us-*"}, nil, true},
		{"al", []string{"all"}, nil, true},
		{"alls.*", []string{"all"}, nil, true},
		{"us-1", []string{"us"}, nil, true},
	} {
		o := compile(t, given{
			object: object(`"consumer":{"topicPattern":"{#request.headers['x'][0]}"}`),
			allow:  map[string][]string{"consumer.topicPattern": c.entries},
		})
		e, err := o.run(t, "x: "+c.pattern)
		if c.refused {
			wants(t, err, core.CodeNotAllowed, refusedText+`consumer.topicPattern: "`+c.pattern+`" is not allowed`)
			continue
		}
		if err != nil {
			t.Errorf("%s within %q: %v", c.pattern, c.entries, err)
			continue
		}
		var matches []string
		for _, name := range []string{"eu-1", "us-1", "all", "__eu", "__consumer_offsets"} {
			if e.Consumer.Pattern.Match(name) {
				matches = append(matches, name)
			}
		}
		if diff := cmp.Diff(c.matches, matches); diff != "" {
			t.Errorf("%s within %q: %s", c.pattern, c.entries, diff)
		}
	}
	// One that code chose is not kept within anything, and is another pattern.
	o := compile(t, given{
		object: object(`"consumer":{"topicPattern":"{#request.headers['x'][0]}"}`),
		allow:  map[string][]string{"consumer.topicPattern": {"eu-*"}},
	})
	x := request(t)
	x.Attributes.Set(prefix+"consumer.topicPattern", ".*")
	e, err := o.Evaluate(x)
	if err != nil || !e.Consumer.Pattern.Match("us-1") || e.Consumer.Pattern.Text == o.must(t, "x: .*").Consumer.Pattern.Text {
		t.Errorf("got %v, %v", e, err)
	}
}

// TestPatternThatLooksLikeABoundedOne has a request that may choose any topic, and writes what the
// bounded pattern of another operation is called: streams of equal texts share one reader.
func TestPatternThatLooksLikeABoundedOne(t *testing.T) {
	patterns := map[string]string{}
	for _, c := range []struct{ entry, pattern string }{{"eu.*", ".*|x"}, {"*", `.*|x within ["eu.*"]`}, {"*", ".*|x"}} {
		o := compile(t, given{
			object: object(`"consumer":{"topicPattern":"{#request.headers['x'][0]}"}`),
			allow:  map[string][]string{"consumer.topicPattern": {c.entry}},
		})
		text := o.must(t, "x: "+c.pattern).Consumer.Pattern.Text
		if other, taken := patterns[text]; taken {
			t.Errorf("%s within %s is called %s, and so is %s", c.pattern, c.entry, text, other)
		}
		patterns[text] = c.pattern + " within " + c.entry
	}
}

func TestCompileRefuses(t *testing.T) {
	header := "{#request.headers['x'][0]}"
	for _, c := range []struct {
		name, object string
		attributes   []endpoint.Attribute
		allow        map[string][]string
		want         []string
	}{
		{
			name: "faults of expressions", object: object(`"consumer":{"topics":["a","{#requst.method}"],"autoOffsetReset":"{#request.header}"}`),
			attributes: []endpoint.Attribute{set("a", "{#message.content}"), raw("b", `"1"`, "{#secrets.get('/env/A')}"), set("c", "{#request.")},
			want: []string{
				`orders.yaml:9:7: attribute "a": value: character 2: #message exists only where a value is computed for each message`,
				`orders.yaml:9:7: attribute "b": condition: character 2: #secrets exists only in the configuration of an endpoint`,
				`orders.yaml:9:7: attribute "c": value: character 1: the closing } of this part is missing`,
				`character 11: #request has no property "header": did you mean "headers"? (/sharedConfigurationOverride/consumer/autoOffsetReset)`,
				`item 2: character 2: unknown variable #requst: did you mean #request? (/sharedConfigurationOverride/consumer/topics)`,
			},
		},
		{
			name: "not a property", object: `{"name":"{#api.name}","tenants":["{#node.tenant}"],"configuration":{"bootstrapServers":"a:1"}}`,
			want: []string{"the value cannot be an expression (/name)", "the value cannot be an expression (/tenants/0)"},
		},
		{
			name: "without an entry", object: object(`"consumer":{"topicPattern":"` + header + `"},"security":{"protocol":"` + header + `"}`),
			attributes: []endpoint.Attribute{
				set("tenant", header), set(prefix+"bootstrapServers", "{#context.attributes['tenant']}:9092"),
				set("gravitee.attribute.kafka.topics", header), set("gravitee.attribute.kafka.groupId", header),
				perMessage("gravitee.attribute.kafka.producer.topics", "{#message.headers['t'][0]}"),
			},
			want: []string{
				`orders.yaml:9:7: attribute "gravitee.attributes.endpoint.kafka.bootstrapServers": bootstrapServers depends on a request: write what requests may choose, x-kafka-allow: { bootstrapServers: [ … ] }`,
				`orders.yaml:9:7: attribute "gravitee.attribute.kafka.topics": topics depends on a request: write what requests may choose, x-kafka-allow: { producer.topics: [ … ] }`,
				`orders.yaml:9:7: attribute "gravitee.attribute.kafka.groupId": groupId depends on a request: write what requests may choose, x-kafka-allow: { groupId: [ … ] }`,
				`orders.yaml:9:7: attribute "gravitee.attribute.kafka.producer.topics": producer.topics depends on a request: write what requests may choose, x-kafka-allow: { producer.topics: [ … ] }`,
				`consumer.topicPattern depends on a request: write what requests may choose, x-kafka-allow: { consumer.topicPattern: [ … ] } (/sharedConfigurationOverride/consumer/topicPattern)`,
				`security.protocol depends on a request: write what requests may choose, x-kafka-allow: { security.protocol: [ … ] } (/sharedConfigurationOverride/security/protocol)`,
			},
		},
		{
			name: "files", object: object(`"security":{"protocol":"SSL","ssl":{"trustStore":{"type":"PEM","location":"/etc/` + header + `"}}}`),
			attributes: []endpoint.Attribute{
				set(prefix+"security.ssl.keyStore.location", header),
				set(prefix+"security.sasl.saslJaasConfig", `com.sun.security.auth.module.Krb5LoginModule required useKeyTab="true" keyTab="`+header+`";`),
			},
			allow: map[string][]string{"security.sasl.saslJaasConfig": {"*"}},
			want: []string{
				`orders.yaml:9:7: attribute "gravitee.attributes.endpoint.kafka.security.ssl.keyStore.location": security.ssl.keystore.location depends on a request: the gateway's files are not chosen by requests`,
				`orders.yaml:9:7: attribute "gravitee.attributes.endpoint.kafka.security.sasl.saslJaasConfig": saslJaasConfig: the option keyTab depends on a request: the gateway's files are not chosen by requests`,
				`security.ssl.trustStore.location depends on a request: the gateway's files are not chosen by requests (/sharedConfigurationOverride/security/ssl/trustStore/location)`,
			},
		},
		{
			name: "phase", object: object(``),
			attributes: []endpoint.Attribute{perMessage(prefix+"producer.compressionType", "zstd"), perMessage("gravitee.attribute.kafka.groupId", "a")},
			want: []string{
				`orders.yaml:9:7: attribute "gravitee.attributes.endpoint.kafka.producer.compressionType": producer.compressionType is chosen once for a request: the phase message is for producer.topics, topics, recordKey and free names`,
				`orders.yaml:9:7: attribute "gravitee.attribute.kafka.groupId": groupId is chosen once for a request: the phase message is for producer.topics, topics, recordKey and free names`,
			},
		},
		{
			name: "values", object: object(``), attributes: []endpoint.Attribute{raw("a", `{}`, ""), raw("b", `[1]`, ""), raw("c", `null`, ""), raw("d", `[`, "")},
			want: []string{
				`orders.yaml:9:7: attribute "a": value: is none of a text, a number, a boolean and a list of texts`,
				`orders.yaml:9:7: attribute "b": value: item 1 is no text`,
				`orders.yaml:9:7: attribute "c": value: is none of a text, a number, a boolean and a list of texts`,
				`orders.yaml:9:7: attribute "d": value: of the descriptor: unexpected EOF`,
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, compiles(t, given{object: c.object, attributes: c.attributes, allow: c.allow})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestTheDeprecatedTopicsAreJudgedByTheirDirection has an entry for one direction only.
func TestTheDeprecatedTopicsAreJudgedByTheirDirection(t *testing.T) {
	o := compile(t, given{
		object: object(``), attributes: []endpoint.Attribute{set("gravitee.attribute.kafka.topics", "{#request.headers['x'][0]}")},
		allow: map[string][]string{"consumer.topics": {"eu-*"}},
	})
	x := request(t, "x: eu-1")
	o.attributes.Request(x)
	e, err := o.Evaluate(x)
	if err != nil {
		t.Fatal(err)
	}
	if topics, _, chosen, err := o.ConsumerTopics(x, e); err != nil || !chosen || topics[0] != "eu-1" {
		t.Errorf("reading: %q, %v", topics, err)
	}
	_, _, err = o.ProducerTopics(x, nil, e)
	wants(t, err, core.CodeNotAllowed, refusedText+`producer.topics: "eu-1" is not allowed`)
}

// FuzzRequestsStayWithinTheirEntries tries to reach a topic that no entry has.
func FuzzRequestsStayWithinTheirEntries(f *testing.F) {
	for _, seed := range []string{"eu-1", "eu-1,us-1", `["eu-1","us"]`, "__eu-", ".*", "eu-.*|us-.*", "(?i)US-1", "eu-)|(us-.*", "^us", "eu-1\n"} {
		f.Add(seed)
	}
	allow := map[string][]string{"consumer.topics": {"eu-*"}, "consumer.topicPattern": {"eu-*"}, "producer.topics": {"eu-*"}}
	listed := compile(f, given{object: object(`"consumer":{"topics":["{#request.headers['x'][0]}"]}`), allow: allow})
	pattern := compile(f, given{object: object(`"consumer":{"topicPattern":"{#request.headers['x'][0]}"}`), allow: allow})
	named := compile(f, given{object: object(``), allow: allow, attributes: []endpoint.Attribute{
		set("gravitee.attribute.kafka.topics", "{#request.headers['x'][0]}"),
	}})
	f.Fuzz(func(t *testing.T, sent string) {
		x := request(t)
		x.Request.Header["X"] = []string{sent}
		check := func(names []string) {
			for _, name := range names {
				if !strings.HasPrefix(name, "eu-") {
					t.Errorf("%q reaches %q", sent, name)
				}
			}
		}
		if e, err := listed.Evaluate(x); err == nil {
			check(e.Consumer.Topics)
		}
		if e, err := pattern.Evaluate(x); err == nil && e.Consumer.Pattern != nil {
			for _, name := range []string{"us-1", "__eu-1", "eu", "a", "us-eu-1"} {
				if e.Consumer.Pattern.Match(name) {
					t.Errorf("%q reaches %q", sent, name)
				}
			}
		}
		named.attributes.Request(x)
		if names, _, err := named.ProducerTopics(x, nil, &Endpoint{}); err == nil {
			check(names)
		}
	})
}
