package security

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/penstock-dev/penstock/runtime/jaas"
)

const (
	plainModule  = "org.apache.kafka.common.security.plain.PlainLoginModule required "
	scramModule  = "org.apache.kafka.common.security.scram.ScramLoginModule required "
	bearerModule = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required "
)

func login(t *testing.T, protocol, mechanism, jaas string) (Config, error) {
	t.Helper()
	text, err := json.Marshal(map[string]any{"protocol": protocol, "sasl": map[string]any{"saslMechanism": mechanism, "saslJaasConfig": jaas}})
	if err != nil {
		t.Fatal(err)
	}
	return Parse(text)
}

func TestMechanisms(t *testing.T) {
	for _, protocol := range []string{"SASL_PLAINTEXT", "SASL_SSL"} {
		for _, tt := range []struct{ mechanism, jaas, name, first string }{
			{"PLAIN", plainModule + `username=alice password="a b";`, "PLAIN", "\x00alice\x00a b"},
			{"SCRAM-SHA-256", scramModule + `username=alice password=b;`, "SCRAM-SHA-256", "n,,n=alice,"},
			{"SCRAM_SHA_256", scramModule + `username=alice password=b;`, "SCRAM-SHA-256", "n,,n=alice,"},
			{"SCRAM-SHA-512", scramModule + `username=alice password=b tokenauth=true;`, "SCRAM-SHA-512", "tokenauth=true"},
			{"OAUTHBEARER", bearerModule + `access_token=t extension_a=b;`, "OAUTHBEARER", "n,,\x01auth=Bearer t\x01a=b\x01\x01"},
		} {
			c, err := login(t, protocol, tt.mechanism, tt.jaas)
			if err != nil {
				t.Errorf("%s: %v", tt.mechanism, err)
				continue
			}
			m, err := c.SASL(slog.New(slog.DiscardHandler))
			if err != nil || m.Name() != tt.name {
				t.Errorf("%s: got %v, %v", tt.mechanism, m, err)
				continue
			}
			if _, first, err := m.Authenticate(t.Context(), "kafka:9092"); err != nil || !strings.Contains(string(first), tt.first) {
				t.Errorf("%s: got first message %q, %v, want %q in it", tt.mechanism, first, err, tt.first)
			}
			conf, err := c.TLS(slog.New(slog.DiscardHandler))
			if err != nil || (conf != nil) != (protocol == "SASL_SSL") {
				t.Errorf("%s: got TLS %v, %v", protocol, conf, err)
			}
			if printed := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(printed, "alice") || strings.Contains(printed, "a b") {
				t.Errorf("printed %s", printed)
			}
		}
	}
	if m, err := (Config{Protocol: SSL}).SASL(slog.New(slog.DiscardHandler)); m != nil || err != nil {
		t.Errorf("SSL: got %v, %v, want no login", m, err)
	}
}

func TestLoginRefuses(t *testing.T) {
	const served = " is not served by this version, which logs in with PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, GSSAPI, AWS_MSK_IAM"
	for _, tt := range []struct{ mechanism, jaas, want string }{
		{"", "x", `security.sasl.saslMechanism ""` + served},
		{"DIGEST-MD5", "x", `security.sasl.saslMechanism "DIGEST-MD5"` + served},
		{"PLAIN", "", `security.sasl.saslJaasConfig: line 1, column 1: there is no login module`},
		{"PLAIN", scramModule + `username=alice password=geheim;`, `security.sasl.saslJaasConfig: line 1, column 1: ScramLoginModule does not fit saslMechanism PLAIN: write org.apache.kafka.common.security.plain.PlainLoginModule`},
		{"SCRAM-SHA-256", scramModule + `username=alice password=geheim tokenauth=yes;`, `security.sasl.saslJaasConfig: tokenauth is neither true nor false`},
		{"OAUTHBEARER", bearerModule + `access_token="geheim geheim";`, `security.sasl.saslJaasConfig: access_token has characters that no token has`},
		{"OAUTHBEARER", bearerModule + `access_token=geheim extension_auth=b;`, `security.sasl.saslJaasConfig: the name of an extension has letters only, and is not "auth" (RFC 7628, 3.1)`},
		{"OAUTHBEARER", bearerModule + `access_token=geheim extension_a="\001";`, `security.sasl.saslJaasConfig: the value of an extension is visible ASCII text (RFC 7628, 3.1)`},
		{"OAUTHBEARER", bearerModule + `access_token=geheim clientId=b;`, `security.sasl.saslJaasConfig: line 1, column 98: access_token and clientId exclude each other`},
	} {
		_, err := login(t, "SASL_SSL", tt.mechanism, tt.jaas)
		same(t, tt.mechanism+" "+tt.jaas, err, tt.want)
		if err != nil && strings.Contains(err.Error(), "geheim") {
			t.Errorf("%v shows a secret", err)
		}
	}
}

func TestRefusedTokenIsReported(t *testing.T) {
	c, err := login(t, "SASL_SSL", "OAUTHBEARER", bearerModule+"access_token=t;")
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.SASL(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	session, _, err := m.Authenticate(t.Context(), "kafka:9092")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = session.Challenge([]byte(`{"status":"invalid_token"}`))
	if !errors.Is(err, kerr.SaslAuthenticationFailed) || !strings.HasSuffix(err.Error(), `the broker refuses the token: "{\"status\":\"invalid_token\"}"`) {
		t.Errorf("got %v", err)
	}
	if done, _, err := session.Challenge(nil); !done || err != nil {
		t.Errorf("accepted token: got %v, %v", done, err)
	}
}

// TestEveryMechanismHasALogin: what package jaas admits is what this package can do.
func TestEveryMechanismHasALogin(t *testing.T) {
	for _, name := range jaas.Served() {
		if mechanisms[name] == nil {
			t.Errorf("%s has no login", name)
		}
	}
	if len(mechanisms) != len(jaas.Served()) {
		t.Errorf("%d logins for %d mechanisms", len(mechanisms), len(jaas.Served()))
	}
}
