package override

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/schema"
)

const (
	jks = `"security":{"protocol":"SSL","ssl":{"trustStore":{"type":"JKS","location":"/a.jks","password":"x"},` +
		`"keystore":{"type":"JKS","location":"/b.jks","password":"x"}}}`
	plain = `"security":{"protocol":"SASL_PLAINTEXT","sasl":{"saslMechanism":"PLAIN",` +
		`"saslJaasConfig":"org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\" password=\"b\";"}}`
	plainLogin = `org.apache.kafka.common.security.plain.PlainLoginModule required username="c" password="d";`
	scramLogin = `org.apache.kafka.common.security.scram.ScramLoginModule required username="c" password="d";`
)

// everyProperty holds, for each documented property, an object and another value than it has.
var everyProperty = map[string]struct {
	shared, value string
	also          string // another property, and the value that it needs
	want          any
}{
	"bootstrapServers":               {``, "eu:9092,us:9092", "", "eu:9092,us:9092"},
	"consumer.enabled":               {`"consumer":{"enabled":false}`, "true", "", true},
	"consumer.topics":                {`"consumer":{"topics":["a"]}`, "b, c,b", "", []any{"b", "c"}},
	"consumer.topicPattern":          {`"consumer":{"topicPattern":"a.*"}`, "b.*", "", "b.*"},
	"consumer.encodeMessageId":       {``, "false", "", false},
	"consumer.autoOffsetReset":       {`"consumer":{"autoOffsetReset":"latest"}`, "earliest", "", "earliest"},
	"consumer.checkTopicExistence":   {``, "true", "", true},
	"consumer.removeConfluentHeader": {``, "true", "", true},
	"producer.enabled":               {`"producer":{"enabled":false}`, "true", "", true},
	"producer.topics":                {`"producer":{"topics":["a"]}`, `["b","c"]`, "", []any{"b", "c"}},
	"producer.compressionType":       {`"producer":{"compressionType":"gzip"}`, "zstd", "", "zstd"},
	"security.protocol":              {`"security":{"protocol":"PLAINTEXT"}`, "SSL", "", "SSL"},
	"security.sasl.saslMechanism":    {plain, "SCRAM_SHA_512", "security.sasl.saslJaasConfig=" + scramLogin, "SCRAM-SHA-512"},
	"security.sasl.saslJaasConfig":   {plain, plainLogin, "", plainLogin},

	"security.ssl.trustStore.type":         {jks, "PKCS12", "", "PKCS12"},
	"security.ssl.trustStore.location":     {jks, "/c.jks", "", "/c.jks"},
	"security.ssl.trustStore.password":     {jks, "y", "", "y"},
	"security.ssl.trustStore.certificates": {jks, "AAAA", "", "AAAA"},
	"security.ssl.keystore.type":           {jks, "PKCS12", "", "PKCS12"},
	"security.ssl.keystore.location":       {jks, "/c.jks", "", "/c.jks"},
	"security.ssl.keystore.password":       {jks, "y", "", "y"},
	"security.ssl.keystore.key":            {jks, "BBBB", "", "BBBB"},
	"security.ssl.keystore.keyPassword":    {jks, "z", "", "z"},
	"security.ssl.keystore.certificateChain": {
		`"security":{"protocol":"SSL","ssl":{"keystore":{"type":"PEM","key":"AAAA","certificateChain":"BBBB"}}}`, "CCCC", "", "CCCC",
	},
}

func TestEveryPropertyIsOverriddenByAnAttribute(t *testing.T) {
	for _, property := range schema.Overridable() {
		for _, name := range schema.AttributeNames(schema.Override, property) {
			t.Run(name, func(t *testing.T) {
				example, ok := everyProperty[property]
				if !ok {
					t.Fatalf("no example for %s", property)
				}
				g := given{object: object(example.shared), env: environment()}
				g.env.Properties["value"] = example.value
				g.attributes = append(g.attributes, set(name, "{#properties['value']}"))
				if other, value, ok := cutProperty(example.also); ok {
					g.attributes = append(g.attributes, set(prefix+other, value))
				}
				o := compile(t, g)
				e := o.must(t)
				if diff := cmp.Diff(example.want, at(t, e, property)); diff != "" {
					t.Error(diff)
				}
				if o.Static() {
					t.Error("an assignment overrides a property, and the configuration counts as static")
				}
				client := property == schema.Brokers || property[:4] == "secu"
				if e.Requested != client {
					t.Errorf("Requested is %v", e.Requested)
				}
			})
		}
	}
}

func TestEveryTextIsComputedInPlace(t *testing.T) {
	for _, p := range properties() {
		if p.flag {
			continue // a boolean is no text: the schema refuses an expression there
		}
		t.Run(p.name, func(t *testing.T) {
			example := everyProperty[p.name]
			g := given{object: object(example.shared), env: environment()}
			g.env.Properties["value"] = example.value
			in := g.input(t)
			var text any = "{#properties['value']}"
			if p.list {
				text = []any{text}
			}
			put(in.Object, p.path, text)
			for _, other := range p.excludes {
				take(in.Object, properties()[other].path)
			}
			if other, value, ok := cutProperty(example.also); ok {
				put(in.Object, properties()[indexes()[other]].path, value)
			}
			c, err := Compile(in)
			if err != nil {
				t.Fatal(err)
			}
			for _, when := range []string{"request", "start"} {
				x := request(t)
				if when == "start" {
					x = nil
				}
				e, err := c.Evaluate(x)
				if err != nil {
					t.Fatalf("%s: %v", when, err)
				}
				if diff := cmp.Diff(example.want, at(t, e, p.name)); diff != "" {
					t.Errorf("%s: %s", when, diff)
				}
				if e.Requested || e.Target.Key() == "" {
					t.Errorf("%s: Requested is %v, the target %q", when, e.Requested, e.Target.Key())
				}
			}
		})
	}
}

func cutProperty(text string) (property, value string, ok bool) {
	for i := range text {
		if text[i] == '=' {
			return text[:i], text[i+1:], true
		}
	}
	return "", "", false
}

func TestEndpoint(t *testing.T) {
	o := compile(t, given{object: object(`"producer":{"enabled":true,"topics":["a"],"compressionType":"lz4"},"consumer":{"enabled":true,` +
		`"topicPattern":"o.*","encodeMessageId":false,"autoOffsetReset":"none","checkTopicExistence":true,"removeConfluentHeader":true}`)})
	e := o.must(t)
	producer := Producer{Enabled: true, Topics: []string{"a"}, CompressionType: "lz4"}
	if diff := cmp.Diff(producer, e.Producer); diff != "" {
		t.Error(diff)
	}
	pattern := e.Consumer.Pattern
	e.Consumer.Pattern = nil
	consumer := Consumer{Enabled: true, AutoOffsetReset: "none", CheckTopicExistence: true, RemoveConfluentHeader: true}
	if diff := cmp.Diff(consumer, e.Consumer); diff != "" {
		t.Error(diff)
	}
	if pattern.Text != "o.*" || !pattern.Match("orders") || pattern.Match("x") || pattern.Match("__o") {
		t.Errorf("pattern %v", pattern)
	}
	if e.Name != "default" || e.Requested || e.Target.Brokers[0] != "kafka:9092" {
		t.Errorf("endpoint %v", e)
	}
}

func TestOneOfTopicsAndPatternRemovesTheOther(t *testing.T) {
	for _, c := range []struct{ shared, property, value string }{
		{`"consumer":{"topics":["a"]}`, "consumer.topicPattern", "b.*"},
		{`"consumer":{"topics":["{#request.headers['missing'][0]}"]}`, "consumer.topicPattern", "b.*"},
		{`"consumer":{"topicPattern":"a.*"}`, "consumer.topics", "b"},
		{`"consumer":{"topicPattern":"{#request.headers['missing'][0]}"}`, "consumer.topics", "b"},
		{`"consumer":{"topicPattern":"a.*"}`, "consumer.topics", `["b"]`},
	} {
		o := compile(t, given{
			object: object(c.shared), attributes: []endpoint.Attribute{set(prefix+c.property, c.value)},
			allow: map[string][]string{"consumer.topics": {"*"}, "consumer.topicPattern": {"*"}},
		})
		e := o.must(t)
		if topics, pattern := len(e.Consumer.Topics), e.Consumer.Pattern != nil; topics == 1 && pattern || topics == 0 && !pattern ||
			pattern != (c.property == "consumer.topicPattern") {
			t.Errorf("%s and %s: topics %q, pattern %v", c.shared, c.property, e.Consumer.Topics, e.Consumer.Pattern)
		}
	}
	both := compile(t, given{object: object(``), attributes: []endpoint.Attribute{
		set(prefix+"consumer.topics", "a"), set(prefix+"consumer.topicPattern", "b.*"),
	}})
	_, err := both.run(t)
	wants(t, err, core.CodeConfigurationInvalid, "evaluate configuration: FAILURE_CONFIGURATION_INVALID: "+
		"topics and topicPattern exclude each other (/sharedConfigurationOverride/consumer)")
}

func TestTheCanonicalSpellingCounts(t *testing.T) {
	o := compile(t, given{object: object(jks), attributes: []endpoint.Attribute{
		set(prefix+"security.ssl.keystore.password", "one"), set(prefix+"security.ssl.keyStore.password", "two"),
	}})
	for range 20 { // attributes have no order
		if got := at(t, o.must(t), "security.ssl.keystore.password"); got != "one" {
			t.Fatalf("got %v", got)
		}
	}
}

func TestNothingIsNotWritten(t *testing.T) {
	o := compile(t, given{object: object(`"consumer":{"topics":["a","{#request.headers['none']}"],"autoOffsetReset":"{#request.headers['none']}"},` +
		`"producer":{"topics":["{#request.headers['none']}"]}`), allow: map[string][]string{"consumer.topics": {"*"}, "producer.topics": {"*"}}})
	e := o.must(t)
	if e.Consumer.AutoOffsetReset != "latest" || !slices.Equal(e.Consumer.Topics, []string{"a"}) || e.Producer.Topics != nil {
		t.Errorf("got %+v", e)
	}
}

func TestListsOfTheObject(t *testing.T) {
	o := compile(t, given{
		object: object(`"producer":{"topics":["z","{#request.params['t']}","{#request.headers['x'][0]}","z"]}`),
		allow:  map[string][]string{"producer.topics": {"*"}},
	})
	if got := o.must(t, "x: c, ,d,a").Producer.Topics; !slices.Equal(got, []string{"z", "a", "b", "c", "d"}) {
		t.Errorf("got %q", got)
	}
	_, err := o.run(t, `x: ["e","f,g"]`)
	wants(t, err, core.CodeNotAllowed, `evaluate configuration: FAILURE_NOT_ALLOWED: producer.topics: `+
		`topic name "f,g" holds ',': only letters, digits, '.', '_' and '-' are allowed`)
}

func TestValuesAreData(t *testing.T) {
	const attack = "{#secrets.get('/env/PASSWORD')}"
	o := compile(t, given{
		object: object(`"consumer":{"topics":["{#request.headers['x'][0]}"]}`),
		attributes: []endpoint.Attribute{
			set("copy", "{#request.headers['x'][0]}"), set("gravitee.attribute.kafka.recordKey", "{#context.attributes['copy']}"),
		},
		allow: map[string][]string{"consumer.topics": {"*"}},
	})
	_, err := o.run(t, "x: "+attack)
	wants(t, err, core.CodeNotAllowed, `evaluate configuration: FAILURE_NOT_ALLOWED: consumer.topics: `+
		`topic name "`+attack+`" holds '{': only letters, digits, '.', '_' and '-' are allowed`)
	x := request(t, "x: "+attack)
	o.attributes.Request(x)
	if key, chosen, err := o.Key(x, nil); string(key) != attack || !chosen || err != nil {
		t.Errorf("key %q, %v, %v", key, chosen, err)
	}
	login := compile(t, given{object: object(`"security":{"protocol":"SASL_PLAINTEXT","sasl":{"saslMechanism":"PLAIN","saslJaasConfig":` +
		`"org.apache.kafka.common.security.plain.PlainLoginModule required username=\"{#request.headers['x'][0]}\" password=\"b\";"}}`)})
	e := login.must(t, "x: "+attack)
	if user, _ := e.Target.Security.Login.Get("username"); user != attack {
		t.Errorf("user %q", user)
	}
}

func TestOutcomesAreShared(t *testing.T) {
	o := compile(t, given{object: object(`"consumer":{"autoOffsetReset":"{#request.headers['x'][0]}"}`)})
	first, again, other := o.must(t, "x: latest"), o.must(t, "x: latest"), o.must(t, "x: earliest")
	if first != again || first == other {
		t.Error("equal outcomes are not one, or different ones are")
	}
	// What one property has must not look like what another has.
	two := compile(t, given{
		object: object(`"producer":{"topics":["{#request.headers['x'][0]}","{#request.headers['y'][0]}"]}`),
		allow:  map[string][]string{"producer.topics": {"*"}},
	})
	if a, b := two.must(t, "x: ab", "y: c"), two.must(t, "x: a", "y: bc"); a == b {
		t.Error("different lists have one outcome")
	}
}

func TestStaticIsOne(t *testing.T) {
	o := compile(t, given{object: object(`"consumer":{"topics":["a"]}`), attributes: []endpoint.Attribute{set("tenant", "eu")}})
	if !o.Static() {
		t.Error("nothing is overridden, and the configuration is not static")
	}
	start, err := o.Evaluate(nil)
	if err != nil || start != o.must(t) {
		t.Errorf("a static configuration is evaluated: %v", err)
	}
	x := request(t)
	x.Attributes.Set("tenant", "us")
	if n := testing.AllocsPerRun(100, func() { _, err = o.Evaluate(x) }); n != 0 || err != nil {
		t.Errorf("%v allocations, want none; error %v", n, err)
	}
	// Code may override all the same.
	x.Attributes.Set(prefix+"consumer.topics", []string{"b"})
	e, err := o.Evaluate(x)
	if err != nil || !slices.Equal(e.Consumer.Topics, []string{"b"}) {
		t.Errorf("got %v, %v", e, err)
	}
}

func TestARotatedSecretIsUsed(t *testing.T) {
	env := environment()
	secrets := store{"/env/PASSWORD": "one"}
	env.Secrets = secrets
	o := compile(t, given{env: env, object: object(`"security":{"protocol":"SASL_PLAINTEXT","sasl":{"saslMechanism":"PLAIN","saslJaasConfig":` +
		`"org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\" password=\"{#secrets.get('/env/PASSWORD')}\";"}}`)})
	keys := map[string]bool{}
	for _, password := range []string{"one", "two", "one"} {
		secrets["/env/PASSWORD"] = password
		e := o.must(t)
		if got, _ := e.Target.Security.Login.Get("password"); got != password || e.Requested {
			t.Errorf("password %q, want %q; Requested %v", got, password, e.Requested)
		}
		keys[e.Target.Key()] = true
	}
	if len(keys) != 2 {
		t.Errorf("%d targets, want 2", len(keys))
	}
	delete(secrets, "/env/PASSWORD")
	_, err := o.run(t)
	wants(t, err, core.CodeConfigurationInvalid, `evaluate configuration: FAILURE_CONFIGURATION_INVALID: security.sasl.saslJaasConfig: `+
		`option password: character 11: there is no secret "/env/PASSWORD"`)
}

func TestManyOutcomesStayBounded(t *testing.T) {
	o := compile(t, given{
		object: object(`"producer":{"topics":["{#request.headers['x'][0]}"]}`),
		allow:  map[string][]string{"producer.topics": {"*"}},
	})
	x := request(t)
	for i := range 10_000 {
		x.Request.Header["X"] = []string{fmt.Sprintf("t-%d", i)}
		e, err := o.Evaluate(x)
		if err != nil || e.Producer.Topics[0] != x.Request.Header["X"][0] {
			t.Fatalf("%d: %v, %v", i, e, err)
		}
	}
	kept := o.outcomes
	if kept.order.Len() != maxOutcomes || len(kept.byKey) != maxOutcomes || kept.bytes > maxOutcomeBytes {
		t.Errorf("kept are %d, %d, %d bytes", kept.order.Len(), len(kept.byKey), kept.bytes)
	}
	sum := 0
	for _, element := range kept.byKey {
		sum += element.Value.(*outcome).bytes
	}
	if sum != kept.bytes {
		t.Errorf("%d bytes are counted, %d are kept", kept.bytes, sum)
	}
}

func TestOutcomesAreBoundedInBytes(t *testing.T) {
	kept := newOutcomes()
	e := &Endpoint{JSON: endpoint.JSON(make([]byte, 25<<10))}
	for i := range 500 {
		kept.put(fmt.Sprint(i), e)
	}
	if kept.bytes > maxOutcomeBytes || kept.order.Len() < 50 || kept.order.Len() != len(kept.byKey) {
		t.Errorf("kept are %d outcomes of %d bytes", kept.order.Len(), kept.bytes)
	}
	if kept.get([]byte("499")) == nil || kept.get([]byte("0")) != nil {
		t.Error("the oldest is kept, or the newest is not")
	}
	kept.put("large", &Endpoint{JSON: endpoint.JSON(make([]byte, maxOutcome))})
	if kept.get([]byte("large")) != nil {
		t.Error("an outcome beyond the limit is kept")
	}
}

func TestConcurrentRequests(t *testing.T) {
	o := compile(t, given{
		object:     object(`"consumer":{"topics":["{#context.attributes['tenant']}-orders"]}`),
		attributes: []endpoint.Attribute{set("tenant", "{#request.headers['x'][0]}")},
		allow:      map[string][]string{"consumer.topics": {"*"}},
	})
	done := make(chan error)
	for worker := range 8 {
		go func() {
			for i := range 200 {
				tenant := fmt.Sprintf("t%d", (worker+i)%5)
				e, err := o.run(t, "x: "+tenant)
				if err != nil || e.Consumer.Topics[0] != tenant+"-orders" {
					done <- fmt.Errorf("%s: %v, %w", tenant, e, err)
					return
				}
			}
			done <- nil
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
