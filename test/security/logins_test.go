package security

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/jaas"
	"github.com/penstock-dev/penstock/test/harness"
)

// sasl is the sasl object of a login.
func sasl(mechanism, module string, options ...string) object {
	e := jaas.Entry{Module: module, Flag: "REQUIRED"}
	for i := 0; i < len(options); i += 2 {
		e.Options = append(e.Options, jaas.NewOption(options[i], options[i+1]))
	}
	return object{"saslMechanism": mechanism, "saslJaasConfig": jaas.Format(e)}
}

// The login modules.
const (
	plainModule    = "org.apache.kafka.common.security.plain.PlainLoginModule"
	scramModule    = "org.apache.kafka.common.security.scram.ScramLoginModule"
	bearerModule   = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
	kerberosModule = "com.sun.security.auth.module.Krb5LoginModule"
)

// secured is a security object for a listener.
func secured(l *listener, login object) object {
	s := object{"protocol": l.protocol}
	if login != nil {
		s["sasl"] = login
	}
	if strings.HasSuffix(l.protocol, "SSL") {
		s["ssl"] = object{"trustStore": object{"type": "PEM", "location": kafka.file("ca.pem")}}
	}
	return s
}

// fetching is a login by client credentials.
func fetching(secret string) object {
	return sasl("OAUTHBEARER", bearerModule, "sasl.oauthbearer.token.endpoint.url", tokens.token.URL+"/token",
		"clientId", clientID, "clientSecret", secret, "scope", "kafka", "ssl.truststore.type", "PEM", "ssl.truststore.certificates", tokens.authority())
}

// static is a login by a token that is there.
func static(t *testing.T, life time.Duration) object {
	t.Helper()
	token, err := tokens.sign(tokens.key, "alice", life)
	if err != nil {
		t.Fatal(err)
	}
	return sasl("OAUTHBEARER", bearerModule, "access_token", token)
}

// keyed is a login by a keytab.
func keyed(path string) object {
	return sasl("GSSAPI", kerberosModule, "useKeyTab", "true", "storeKey", "true", "keyTab", path, "principal", "gateway@PENSTOCK.TEST", "serviceName", "kafka")
}

// logins are the right logins by each mechanism.
func logins(t *testing.T) map[string][]object {
	t.Helper()
	return map[string][]object{
		"PLAIN":         {sasl("PLAIN", plainModule, "username", "alice", "password", alicePassword)},
		"SCRAM-SHA-256": {sasl("SCRAM_SHA_256", scramModule, "username", "alice", "password", alicePassword)},
		"SCRAM-SHA-512": {sasl("SCRAM-SHA-512", scramModule, "username", "alice", "password", alicePassword)},
		"OAUTHBEARER":   {fetching(clientSecret), static(t, time.Hour)},
		"GSSAPI": {
			keyed(filepath.Join(kafka.dir, "gateway.keytab")),
			sasl("GSSAPI", kerberosModule, "useTicketCache", "true", "ticketCache", filepath.Join(kafka.dir, "gateway.cache"), "serviceName", "kafka"),
		},
	}
}

// publishesAndReads wants that an order goes in, and comes out of a stream and of a page.
func (g *gateway) publishesAndReads() {
	g.t.Helper()
	id := uniqueOrder()
	s := g.watch()
	g.places(id)
	s.wants(id)
	s.Close()
	harness.Eventually(g.t, "a page with the order", func() bool {
		got := g.Do(http.MethodGet, "/orders?X-Client-Identifier="+id, "")
		if got.Status != http.StatusOK {
			g.t.Fatalf("got %d %s", got.Status, got.Body)
		}
		return strings.Contains(got.Body, id)
	})
}

// TestEveryLogin publishes and reads through every listener.
func TestEveryLogin(t *testing.T) {
	for mechanism, list := range logins(t) {
		for i, login := range list {
			for _, protocol := range []string{"SASL_PLAINTEXT", "SASL_SSL"} {
				l := kafka.listeners[protocol+"_"+strings.ReplaceAll(mechanism, "-", "_")]
				t.Run(fmt.Sprintf("%s %d", l.name, i), func(t *testing.T) {
					start(t, l, secured(l, login)).publishesAndReads()
				})
			}
		}
	}
	t.Run("SSL", func(t *testing.T) {
		l := kafka.listeners["SSL"]
		start(t, l, secured(l, nil)).publishesAndReads()
	})
}

// certified is a security object with a client certificate.
func certified(t *testing.T, l *listener, name string) object {
	t.Helper()
	cert, key, err := kafka.trusted.issue(name)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "client.pem")
	if err := os.WriteFile(path, []byte(key+cert), 0o600); err != nil {
		t.Fatal(err)
	}
	s := secured(l, nil)
	s["ssl"].(object)["keystore"] = object{"type": "PEM", "location": path}
	return s
}

// TestRightsByCertificate: the broker knows a client by the subject of its certificate.
func TestRightsByCertificate(t *testing.T) {
	l := kafka.listeners["MTLS"]
	t.Run("with rights", func(t *testing.T) {
		start(t, l, certified(t, l, "orders")).publishesAndReads()
	})
	t.Run("without rights", func(t *testing.T) {
		start(t, l, certified(t, l, "stranger")).post(uniqueOrder()).WantProblem(t, http.StatusForbidden, "FAILURE_FORBIDDEN")
	})
	t.Run("without a certificate", func(t *testing.T) {
		start(t, l, secured(l, nil)).refuses("tls: bad certificate")
	})
}
