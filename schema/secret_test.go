package schema

import "testing"

func TestSecretAttribute(t *testing.T) {
	for name, want := range map[string]bool{
		"gravitee.attributes.endpoint.kafka.security.ssl.keystore.keyPassword": true,
		"gravitee.attributes.endpoint.kafka.security.ssl.keyStore.password":    true,
		"gravitee.attributes.endpoint.kafka.security.sasl.saslJaasConfig":      true,
		"graviee.attributes.endpoint.kafka.security.ssl.trustStore.password":   true,
		"sasl.saslJaasConfig": true,
		"gravitee.attributes.endpoint.kafka.security.ssl.keystore.location": false,
		"gravitee.attributes.endpoint.kafka.consumer.topics":                false,
		"tenant": false,
		"":       false,
	} {
		if got := SecretAttribute(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}
