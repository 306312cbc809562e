package cluster

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/test/lines"
)

const (
	plainModule = "org.apache.kafka.common.security.plain.PlainLoginModule required "
	scramModule = "org.apache.kafka.common.security.scram.ScramLoginModule required "
)

// loggingIn opens a cluster that logs in.
func loggingIn(t *testing.T, cfg Config, addr string, security map[string]any) *Cluster {
	t.Helper()
	object, err := json.Marshal(map[string]any{
		"configuration":               map[string]any{"bootstrapServers": addr},
		"sharedConfigurationOverride": map[string]any{"security": security},
	})
	if err != nil {
		t.Fatal(err)
	}
	target, err := ParseTarget(endpoint.JSON(object))
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(target, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	return c
}

func saslObject(protocol, mechanism, jaas string) map[string]any {
	return map[string]any{"protocol": protocol, "sasl": map[string]any{"saslMechanism": mechanism, "saslJaasConfig": jaas}}
}

// refuseLogins makes a broker refuse every login as Apache Kafka does (the embedded one hangs
// up), and counts them.
func refuseLogins(b *kfake.Cluster) *atomic.Int64 {
	var n atomic.Int64
	b.ControlKey(int16(kmsg.SASLAuthenticate), func(req kmsg.Request) (kmsg.Response, error, bool) {
		b.KeepControl()
		n.Add(1)
		resp, ok := req.ResponseKind().(*kmsg.SASLAuthenticateResponse)
		if !ok {
			return nil, errors.New("not a login"), true
		}
		resp.ErrorCode, resp.ErrorMessage = kerr.SaslAuthenticationFailed.Code, kmsg.StringPtr("Authentication failed: Invalid username or password")
		return resp, nil, true
	})
	return &n
}

func TestLogin(t *testing.T) {
	cert, _, pair := certificate(t)
	users := []kfake.Opt{
		kfake.SeedTopics(1, "orders"), kfake.EnableSASL(), kfake.Superuser("PLAIN", "alice", "one"),
		kfake.Superuser("SCRAM-SHA-256", "bob", "two"), kfake.Superuser("SCRAM-SHA-512", "carol", "three"),
	}
	bare := broker(t, users...).ListenAddrs()[0]
	encrypted := broker(t, append(slices.Clone(users), kfake.TLS(&tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}))...).ListenAddrs()[0]
	for name, tt := range map[string]struct {
		mechanism, jaas string
		code            core.Code
	}{
		"plain":     {"PLAIN", plainModule + "username=alice password=one;", ""},
		"scram 256": {"SCRAM-SHA-256", scramModule + "username=bob password=two;", ""},
		"scram 512": {"SCRAM_SHA_512", scramModule + "username=carol password=three;", ""},
		"foreign mechanism": {
			"OAUTHBEARER", "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required access_token=geheim;",
			core.CodeBrokerUnavailable,
		},
	} {
		for protocol, addr := range map[string]string{"SASL_PLAINTEXT": bare, "SASL_SSL": encrypted} {
			t.Run(name+" "+protocol, func(t *testing.T) {
				security := saslObject(protocol, tt.mechanism, tt.jaas)
				security["ssl"] = map[string]any{"trustStore": map[string]any{"type": "PEM", "certificates": cert}}
				c := loggingIn(t, testConfig(), addr, security)
				topics, err := c.Topics(t.Context(), "orders")
				if core.CodeOf(err) != tt.code {
					t.Errorf("got %v, want code %q", err, tt.code)
				}
				if tt.code == "" && topics["orders"] == nil {
					t.Error("the topic is missing")
				}
				if err != nil && strings.Contains(err.Error(), "geheim") {
					t.Errorf("the error shows a secret: %v", err)
				}
			})
		}
	}
}

// TestWrongLoginIsRemembered: a broker is asked once in 5 s, however many clients there are.
func TestWrongLoginIsRemembered(t *testing.T) {
	b := broker(t, kfake.SeedTopics(1, "orders"), kfake.EnableSASL(), kfake.Superuser("PLAIN", "alice", "one"))
	n := refuseLogins(b)
	var log lines.Lines
	cfg := testConfig()
	cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	c := loggingIn(t, cfg, b.ListenAddrs()[0], saslObject("SASL_PLAINTEXT", "PLAIN", plainModule+"username=alice password=geheim;"))
	if _, err := c.Topics(t.Context(), "orders"); !errors.Is(err, kerr.SaslAuthenticationFailed) {
		t.Fatalf("got %v, want the broker's refusal", err)
	}
	eventually(t, "refusal", func() bool { return c.Refusing() != nil })
	first, began := n.Load(), time.Now()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			client, err := c.NewClient("test")
			if err != nil {
				t.Error(err)
				return
			}
			defer client.Close()
			if err := client.Ping(t.Context()); !errors.Is(err, kerr.SaslAuthenticationFailed) {
				t.Errorf("got %v, want the remembered refusal", err)
			}
		})
	}
	wg.Wait()
	forgotten := time.Since(began) >= refusalLasts-time.Second // on a slow machine
	if got := n.Load(); first > 2 || got != first && !forgotten {
		t.Errorf("%d logins at first, then %d, want no more of them", first, got)
	}
	var refusal *core.Error
	if !errors.As(c.Refusing(), &refusal) || refusal.Code != core.CodeBrokerUnavailable || refusal.RetryAfter != 5 {
		t.Errorf("got %+v, want 503 and 5 s", refusal)
	}
	if text := log.String(); strings.Count(text, "kafka refuses the login") != 1 || !strings.Contains(text, "SASL_AUTHENTICATION_FAILED") || strings.Contains(text, "geheim") {
		t.Errorf("log:\n%s", text)
	}
}

func TestRefusalIsForgotten(t *testing.T) {
	l := &login{}
	l.note(kerr.SaslAuthenticationFailed)
	until := l.until
	if l.refused() == nil || l.wait() < 4*time.Second {
		t.Errorf("refused %v, wait %s, want about 5s", l.refused(), l.wait())
	}
	l.note(remembered{kerr.SaslAuthenticationFailed})
	l.note(errors.New("connection refused"))
	if l.until != until {
		t.Error("what is no new refusal lengthens the time")
	}
	l.until = time.Now()
	if err := l.refused(); err != nil || l.wait() > 0 {
		t.Errorf("got %v, %s, want that it is forgotten", err, l.wait())
	}
	var none *login
	none.note(kerr.SaslAuthenticationFailed)
	if none.wait() != 0 {
		t.Error("a cluster without logins waits")
	}
}
