package override

import (
	"slices"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func TestStart(t *testing.T) {
	for _, c := range []struct {
		name       string
		g          given
		want       string // the error
		requested  bool
		brokers    []string
		topics     []string
		hasPattern bool
	}{
		{
			name: "static", g: given{object: object(`"producer":{"topics":["a"]}`)},
			brokers: []string{"kafka:9092"}, topics: []string{"a"},
		},
		{
			name: "dictionaries", g: given{object: `{"configuration":{"bootstrapServers":"{#dictionaries['brokers'][#properties['region']]}"}}`},
			brokers: []string{"eu:9092"},
		},
		{
			name: "topics of requests", g: given{
				object: object(`"producer":{"topics":["{#request.headers['x'][0]}"]},"consumer":{"topicPattern":"{#properties['region']}.*"}`),
				allow:  map[string][]string{"producer.topics": {"*"}},
			},
			brokers: []string{"kafka:9092"}, hasPattern: true,
		},
		{
			name: "brokers of requests", g: given{
				object: `{"configuration":{"bootstrapServers":"{#request.headers['x'][0]}"}}`, allow: map[string][]string{"bootstrapServers": {"*"}},
			},
			requested: true,
		},
		{
			name:      "login of the caller",
			g:         given{object: login("OAUTHBEARER", bearerModule+` required access_token="{#subscription.metadata['token']}";`)},
			requested: true,
		},
		{
			name: "a login by attribute", g: given{
				object:     object(`"security":{"protocol":"SASL_PLAINTEXT","sasl":{"saslMechanism":"PLAIN"}}`),
				attributes: []endpoint.Attribute{set(prefix+"security.sasl.saslJaasConfig", plainLogin)},
			},
			requested: true,
		},
		{
			name: "a secret is missing", g: given{object: login("PLAIN", plainModule+` required username="a" password="{#secrets.get('/env/NONE')}";`)},
			want: invalidText + `security.sasl.saslJaasConfig: option password: character 11: there is no secret "/env/NONE"`,
		},
		{
			name: "a wrong value", g: given{
				object: object(`"producer":{"compressionType":"{#properties['region']}","topics":["{#request.headers['x'][0]}"]}`),
				allow:  map[string][]string{"producer.topics": {"*"}},
			},
			want: invalidText + `"eu" is none of none, gzip, snappy, lz4, zstd (/sharedConfigurationOverride/producer/compressionType)`,
		},
		{
			name: "a wrong value without requests", g: given{object: object(`"producer":{"compressionType":"{#properties['region']}"}`)},
			want: invalidText + `"eu" is none of none, gzip, snappy, lz4, zstd (/sharedConfigurationOverride/producer/compressionType)`,
		},
		{
			name: "a login that does not fit", g: given{object: login("PLAIN", bearerModule+` required access_token="{#secrets.get('/env/PASSWORD')}";`)},
			want: invalidText + `endpoint "default": security.sasl.saslJaasConfig: line 1, column 1: ` +
				`OAuthBearerLoginModule does not fit saslMechanism PLAIN: write org.apache.kafka.common.security.plain.PlainLoginModule`,
		},
		{
			name: "an internal topic", g: given{object: object(`"producer":{"topics":["__{#properties['region']}"]}`)},
			want: invalidText + `producer.topics: topic "__eu" is internal to Kafka`,
		},
		{
			name: "an internal topic, static", g: given{object: object(`"consumer":{"topics":["__a"]}`)},
			want: invalidText + `consumer.topics: topic "__a" is internal to Kafka`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := compile(t, c.g)
			e, err := o.Evaluate(nil)
			wants(t, err, core.CodeConfigurationInvalid, c.want)
			if c.want != "" || err != nil {
				return
			}
			if e.Requested != c.requested || !slices.Equal(e.Target.Brokers, c.brokers) || (e.Target.Key() == "") != c.requested {
				t.Errorf("Requested %v, target %v", e.Requested, e.Target)
			}
			if !slices.Equal(e.Producer.Topics, c.topics) || (e.Consumer.Pattern != nil) != c.hasPattern {
				t.Errorf("topics %q, pattern %v", e.Producer.Topics, e.Consumer.Pattern)
			}
		})
	}
}

// TestWhatRequestsMendIsNoFaultAtStart needs the attribute of a request.
func TestWhatRequestsMendIsNoFaultAtStart(t *testing.T) {
	o := compile(t, given{
		object:     `{"configuration":{}}`,
		attributes: []endpoint.Attribute{raw(prefix+"bootstrapServers", `"eu:9092"`, "{#request.headers['x'] != null}")},
	})
	if e, err := o.Evaluate(nil); err != nil || !e.Requested {
		t.Errorf("at start: %v, %v", e, err)
	}
	if e := o.must(t, "x: 1"); e.Target.Brokers[0] != "eu:9092" {
		t.Errorf("brokers %q", e.Target.Brokers)
	}
	_, err := o.run(t)
	wants(t, err, core.CodeConfigurationInvalid, invalidText+"bootstrapServers is missing (/configuration)")
}
