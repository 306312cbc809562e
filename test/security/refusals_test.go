package security

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/test/harness"
)

// wrongKeytab has a key for the gateway that the KDC does not know.
func wrongKeytab(t *testing.T) string {
	t.Helper()
	keys := keytab.New()
	if err := keys.AddEntry("gateway", "PENSTOCK.TEST", "geheim", time.Now(), 2, 18); err != nil {
		t.Fatal(err)
	}
	data, err := keys.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "keytab")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// forged is a token of somebody else.
func forged(t *testing.T) object {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	token, err := tokens.sign(key, "alice", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return sasl("OAUTHBEARER", bearerModule, "access_token", token)
}

// remembered is how long a refusal is, by docs/security.md.
const remembered = 5 * time.Second

// TestWrongCredentials: clients get 503, the log has the cause, and however many requests come,
// the broker, the issuer and the KDC are not asked again and again.
func TestWrongCredentials(t *testing.T) {
	for name, tt := range map[string]struct {
		login object
		cause string
	}{
		"PLAIN":               {sasl("PLAIN", plainModule, "username", "alice", "password", "geheim"), "Authentication failed: Invalid username or password"},
		"SCRAM-SHA-256":       {sasl("SCRAM-SHA-256", scramModule, "username", "alice", "password", "geheim"), "SASL_AUTHENTICATION_FAILED"},
		"SCRAM-SHA-512":       {sasl("SCRAM-SHA-512", scramModule, "username", "nobody", "password", "geheim"), "SASL_AUTHENTICATION_FAILED"},
		"OAUTHBEARER":         {forged(t), "invalid_token"},
		"OAUTHBEARER, secret": {fetching("geheim"), `the answer is 401, error \"invalid_client\"`},
		"GSSAPI":              {keyed(wrongKeytab(t)), "client password/keytab incorrect"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mechanism, _, _ := strings.Cut(name, ",")
			l := kafka.listeners["SASL_PLAINTEXT_"+strings.ReplaceAll(mechanism, "-", "_")]
			g := start(t, l, secured(l, tt.login))
			logged, asked, began := l.proxy.logins.Load(), tokens.asked.Load(), time.Now()
			for time.Since(began) < remembered+time.Second {
				g.refuses("kafka refuses the login", tt.cause)
			}
			// A login is two requests at most, and two clients may be refused at the same moment.
			most := int64(4 * (1 + time.Since(began)/remembered))
			if n := l.proxy.logins.Load() - logged; n > most {
				t.Errorf("%d requests of logins in %s, want %d at most", n, time.Since(began), most)
			}
			if n := tokens.asked.Load() - asked; n > most {
				t.Errorf("%d requests for tokens in %s, want %d at most", n, time.Since(began), most)
			}
		})
	}
}

// TestForeignMechanism: the broker does not have the mechanism at this listener.
func TestForeignMechanism(t *testing.T) {
	l := kafka.listeners["SASL_SSL_PLAIN"]
	start(t, l, secured(l, sasl("SCRAM-SHA-512", scramModule, "username", "alice", "password", alicePassword))).refuses("kafka refuses the login", "UNSUPPORTED_SASL_MECHANISM")
}

func TestWrongHostName(t *testing.T) {
	l := kafka.listeners["ELSEWHERE"]
	start(t, l, secured(l, nil)).refuses("x509: cannot validate certificate for 127.0.0.1")
}

func TestUnknownAuthority(t *testing.T) {
	l := kafka.listeners["SSL"]
	start(t, l, object{"protocol": "SSL"}).refuses("x509: certificate signed by unknown authority")
}

// TestBrokerCertificateChanges: the broker gets a certificate of another authority. Connections
// are refused until the trust store has it, too; then they work without a restart.
func TestBrokerCertificateChanges(t *testing.T) {
	l := kafka.listeners["ROTATED"]
	trust := filepath.Join(t.TempDir(), "trust.pem")
	write := func(pem string) {
		t.Helper()
		if err := os.WriteFile(trust+".next", []byte(pem), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(trust+".next", trust); err != nil {
			t.Fatal(err)
		}
	}
	write(kafka.trusted.pem())
	security := object{"protocol": "SSL", "ssl": object{"trustStore": object{"type": "PEM", "location": trust}}}
	g := start(t, l, security)
	g.places(uniqueOrder())

	next, err := newAuthority("The next one")
	if err != nil {
		t.Fatal(err)
	}
	if err := kafka.store(next, "next.pem", "127.0.0.1", "localhost"); err != nil {
		t.Fatal(err)
	}
	setBrokerConfig(t, "listener.name.rotated.ssl.keystore.location", kafka.file("next.pem"))
	harness.Eventually(t, "the broker shows the new certificate", func() bool { return shows(l, next) })
	l.proxy.cut()
	harness.Eventually(t, "the new certificate is refused", func() bool {
		return g.post(uniqueOrder()).Status == 503 && strings.Contains(g.log.String(), "x509: certificate signed by unknown authority")
	})

	write("not yet the whole file")
	harness.Eventually(t, "a file that cannot be read", func() bool {
		return strings.Contains(g.log.String(), "changed files are not read: what was read before stays in use")
	})
	write(next.pem())
	harness.Eventually(t, "an order at the broker with the new certificate", func() bool { return g.post(uniqueOrder()).Status == 202 })
}

// shows says whether the broker has a certificate of an authority at a listener.
func shows(l *listener, by *authority) bool {
	roots := x509.NewCertPool()
	roots.AddCert(by.cert)
	conn, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", l.port), &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots})
	return err == nil && conn.Close() == nil
}

// setBrokerConfig changes a setting of the running broker.
func setBrokerConfig(t *testing.T, name, value string) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(kafka.plain))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), harness.Patience)
	defer cancel()
	results, err := kadm.NewClient(client).AlterBrokerConfigs(ctx, []kadm.AlterConfig{{Op: kadm.SetConfig, Name: name, Value: &value}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Err != nil {
			t.Fatalf("%s: %v: %s", name, r.Err, r.ErrMessage)
		}
	}
}
