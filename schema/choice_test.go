package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAttribute(t *testing.T) {
	for name, want := range map[string]Choice{
		"tenant":                                                               {},
		"kafka.topics":                                                         {},
		"gravitee.attribute.kafka":                                             {},
		"gravitee.attribute.kafka.own":                                         {},
		"gravitee.attribute.kafka.producer.topics":                             {Shortcut, "producer.topics"},
		"gravitee.attribute.kafka.consumer.topics":                             {Shortcut, "consumer.topics"},
		"gravitee.attribute.kafka.groupId":                                     {Shortcut, "groupId"},
		"gravitee.attribute.kafka.recordKey":                                   {Shortcut, "recordKey"},
		"gravitee.attribute.kafka.topics":                                      {Shortcut, "topics"},
		"gravitee.attributes.endpoint.kafka.bootstrapServers":                  {Override, "bootstrapServers"},
		"gravitee.attributes.endpoint.kafka.consumer.topics":                   {Override, "consumer.topics"},
		"gravitee.attributes.endpoint.kafka.consumer.topicPattern":             {Override, "consumer.topicPattern"},
		"gravitee.attributes.endpoint.kafka.consumer.topics.pattern":           {Override, "consumer.topicPattern"},
		"gravitee.attributes.endpoint.kafka.consumer.encodeMessageId":          {Override, "consumer.encodeMessageId"},
		"gravitee.attributes.endpoint.kafka.security.ssl.keyStore.keyPassword": {Override, "security.ssl.keystore.keyPassword"},
		"gravitee.attributes.endpoint.kafka.security.ssl.keystore.type":        {Override, "security.ssl.keystore.type"},
		"gravitee.attributes.endpoint.kafka.security.ssl":                      {},
		"gravitee.attributes.endpoint.kafka.weight":                            {},
	} {
		if got := Attribute(name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

// TestOverridable lists every property of the documented table.
func TestOverridable(t *testing.T) {
	want := []string{
		"bootstrapServers",
		"consumer.autoOffsetReset", "consumer.checkTopicExistence", "consumer.enabled", "consumer.encodeMessageId",
		"consumer.removeConfluentHeader", "consumer.topicPattern", "consumer.topics",
		"producer.compressionType", "producer.enabled", "producer.topics",
		"security.protocol", "security.sasl.saslJaasConfig", "security.sasl.saslMechanism",
		"security.ssl.keystore.certificateChain", "security.ssl.keystore.key", "security.ssl.keystore.keyPassword",
		"security.ssl.keystore.location", "security.ssl.keystore.password", "security.ssl.keystore.type",
		"security.ssl.trustStore.certificates", "security.ssl.trustStore.location", "security.ssl.trustStore.password",
		"security.ssl.trustStore.type",
	}
	if diff := cmp.Diff(want, Overridable()); diff != "" {
		t.Error(diff)
	}
	for _, property := range want {
		if got := PropertyAt(PropertyPointer(property)); got != property {
			t.Errorf("%s: its pointer leads to %q", property, got)
		}
	}
}

func TestAttributeNames(t *testing.T) {
	prefix := "gravitee.attributes.endpoint.kafka."
	want := []string{prefix + "consumer.topicPattern", prefix + "consumer.topics.pattern"}
	if diff := cmp.Diff(want, AttributeNames(Override, TopicPatterns)); diff != "" {
		t.Error(diff)
	}
	want = []string{prefix + "security.ssl.keystore.type", prefix + "security.ssl.keyStore.type"}
	if diff := cmp.Diff(want, AttributeNames(Override, "security.ssl.keystore.type")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"gravitee.attribute.kafka.groupId"}, AttributeNames(Shortcut, GroupID)); diff != "" {
		t.Error(diff)
	}
}

func TestPropertyAt(t *testing.T) {
	for pointer, want := range map[string]string{
		"":                                "",
		"/name":                           "",
		"/tenants/0":                      "",
		"/configuration":                  "",
		"/configuration/bootstrapServers": "bootstrapServers",
		"/sharedConfigurationOverride/consumer/topics/1":              "consumer.topics",
		"/sharedConfigurationOverride/consumer/topics/pattern":        "consumer.topicPattern",
		"/sharedConfigurationOverride/consumer/topics.pattern":        "consumer.topicPattern",
		"/sharedConfigurationOverride/security/ssl/keyStore/location": "security.ssl.keystore.location",
		"/sharedConfigurationOverride/security":                       "",
		"/sharedConfigurationOverride/consumer/other":                 "",
	} {
		if got := PropertyAt(pointer); got != want {
			t.Errorf("%s: got %q, want %q", pointer, got, want)
		}
	}
}

func TestGoverned(t *testing.T) {
	for property, want := range map[string][]string{
		"consumer.topics":          {"consumer.topics"},
		"consumer.topicPattern":    {"consumer.topicPattern"},
		"producer.topics":          {"producer.topics"},
		"topics":                   {"producer.topics", "consumer.topics"},
		"bootstrapServers":         {"bootstrapServers"},
		"groupId":                  {"groupId"},
		"security.protocol":        {"security.protocol"},
		"recordKey":                nil,
		"consumer.autoOffsetReset": nil,
		"producer.compressionType": nil,
		"":                         nil,
	} {
		if diff := cmp.Diff(want, Governed(property)); diff != "" {
			t.Errorf("%s: %s", property, diff)
		}
	}
}

func TestExcludes(t *testing.T) {
	for property, want := range map[string][]string{
		"consumer.topics":                      {"consumer.topicPattern"},
		"consumer.topicPattern":                {"consumer.topics"},
		"producer.topics":                      nil,
		"security.ssl.keystore.location":       {"security.ssl.keystore.key"},
		"security.ssl.keystore.key":            {"security.ssl.keystore.location"},
		"security.ssl.trustStore.location":     {"security.ssl.trustStore.certificates"},
		"security.ssl.trustStore.certificates": {"security.ssl.trustStore.location"},
		"bootstrapServers":                     nil,
	} {
		if diff := cmp.Diff(want, Excludes(property)); diff != "" {
			t.Errorf("%s: %s", property, diff)
		}
	}
}

func TestPerMessage(t *testing.T) {
	for name, want := range map[string]bool{
		"tenant":                                                            true,
		"gravitee.attribute.kafka.recordKey":                                true,
		"gravitee.attribute.kafka.topics":                                   true,
		"gravitee.attributes.endpoint.kafka.producer.topics":                true,
		"gravitee.attribute.kafka.groupId":                                  false,
		"gravitee.attribute.kafka.consumer.topics":                          false,
		"gravitee.attributes.endpoint.kafka.producer.compressionType":       false,
		"gravitee.attributes.endpoint.kafka.security.ssl.trustStore.type":   false,
		"gravitee.attributes.endpoint.kafka.consumer.removeConfluentHeader": false,
	} {
		if got := Attribute(name).PerMessage(); got != want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestAllowed(t *testing.T) {
	for _, c := range []struct {
		entries []string
		value   string
		want    bool
	}{
		{nil, "a", false},
		{[]string{"a"}, "a", true},
		{[]string{"a"}, "ab", false},
		{[]string{"a"}, "", false},
		{[]string{"x", "eu-*"}, "eu-1", true},
		{[]string{"eu-*"}, "eu-", true},
		{[]string{"eu-*"}, "eu", false},
		{[]string{"eu-*"}, "us-eu-1", false},
		{[]string{"*"}, "anything", true},
		{[]string{"*"}, "", true},
		{[]string{"Eu"}, "eu", false},
	} {
		if got := Allowed(c.entries, c.value); got != c.want {
			t.Errorf("%q in %q: got %v", c.value, c.entries, got)
		}
	}
}

func TestFilesAndCredentials(t *testing.T) {
	for property, want := range map[string]bool{
		"security.ssl.trustStore.location": true, "security.ssl.keystore.location": true,
		"security.ssl.keystore.password": false, "bootstrapServers": false,
	} {
		if got := FileLocation(property); got != want {
			t.Errorf("file location %s: got %v", property, got)
		}
	}
	for option, want := range map[string][2]bool{ // free, file
		"username": {true, false}, "password": {true, false}, "access_token": {true, false}, "oauth.access.token": {true, false},
		"keyTab": {false, true}, "ticketCache": {false, true}, "ssl.truststore.location": {false, true},
		"oauth.ssl.truststore.location": {false, true}, "principal": {false, false}, "scope": {false, false},
	} {
		if got := [2]bool{FreeJaasOption(option), FileJaasOption(option)}; got != want {
			t.Errorf("option %s: got %v, want %v", option, got, want)
		}
	}
	for property, want := range map[string]bool{
		"security.sasl.saslJaasConfig": true, "security.ssl.keystore.key": true, "security.ssl.trustStore.password": true,
		"security.protocol": false, "consumer.topics": false,
	} {
		if got := SecretProperty(property); got != want {
			t.Errorf("secret %s: got %v", property, got)
		}
	}
}
