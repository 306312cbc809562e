package kafka_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/test/lines"
)

const patience = 30 * time.Second

// token makes a JWT that nobody signed; the zero time: one that does not end.
func token(t testing.TB, subject string, end time.Time) string {
	t.Helper()
	claims := map[string]any{"sub": subject}
	if !end.IsZero() {
		claims["exp"] = float64(end.UnixMilli()) / 1000
	}
	text, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	return b64([]byte(`{"alg":"none"}`)) + "." + b64(text) + "."
}

// bearer is the target of a token.
func bearer(t testing.TB, addr, token string) cluster.Target {
	t.Helper()
	object, err := json.Marshal(map[string]any{
		"name":          "default",
		"configuration": map[string]any{"bootstrapServers": addr},
		"sharedConfigurationOverride": map[string]any{"security": map[string]any{
			"protocol": "SASL_PLAINTEXT", "sasl": map[string]any{
				"saslMechanism":  "OAUTHBEARER",
				"saslJaasConfig": `org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required access_token="` + token + `";`,
			},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	target, err := cluster.ParseTarget(endpoint.JSON(object))
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// target is that of a port where nobody logs in.
func target(t testing.TB, port int) cluster.Target {
	t.Helper()
	target, err := cluster.ParseTarget(endpoint.JSON(fmt.Sprintf(
		`{"name":"default","configuration":{"bootstrapServers":"127.0.0.1:%d"}}`, port)))
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func dynamicKafka(t testing.TB, most int, log *slog.Logger) *kafka.Kafka {
	t.Helper()
	cfg := kafka.Default()
	cfg.Limits.DynamicClients = most
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	k := kafka.New(cfg, log)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := k.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return k
}

func hold(t testing.TB, k *kafka.Kafka, target cluster.Target) (qos.Cluster, func()) {
	t.Helper()
	c, release, err := k.Hold(target, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return c, release
}

// write publishes one record through a held cluster.
func write(t testing.TB, c qos.Cluster, value string) error {
	t.Helper()
	sink, err := c.Sink(endpoint.Balanced, "")
	if err != nil {
		return err
	}
	outcome := make(chan error, 1)
	sink.Send(&core.Record{Topic: "orders", Value: []byte(value)}, func(_ core.Receipt, err error) { outcome <- err })
	select {
	case err := <-outcome:
		return err
	case <-time.After(patience):
		t.Fatal("publish: no outcome")
		return nil
	}
}

// mustWrite publishes until a first broker is reached in time.
func mustWrite(t testing.TB, c qos.Cluster, value string) {
	t.Helper()
	eventually(t, "a record", func() bool {
		err := write(t, c, value)
		if err != nil && core.CodeOf(err) != core.CodeBrokerUnavailable {
			t.Fatal(err)
		}
		return err == nil
	})
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not seen within %s: %s", patience, what)
}

// TestEachCallerIsItself: two tokens are two clients, and the broker sees who wrote and who read.
func TestEachCallerIsItself(t *testing.T) {
	b, term := bearerBroker(t, anyToken)
	k := dynamicKafka(t, 2, nil)
	carol, dave := token(t, "carol", time.Time{}), token(t, "dave", time.Now().Add(time.Hour))
	first, _ := hold(t, k, bearer(t, b.ListenAddrs()[0], carol))
	second, _ := hold(t, k, bearer(t, b.ListenAddrs()[0], dave))
	again, release := hold(t, k, bearer(t, b.ListenAddrs()[0], carol))
	if first != again || first == second {
		t.Error("equal tokens share a client, others do not")
	}
	release()
	release() // counts once
	for range 2 {
		mustWrite(t, first, "of carol")
	}
	readOne(t, second, qos.Reading{Kind: endpoint.SSE, Level: endpoint.None, Topics: []string{"orders"}, Reset: qos.Earliest})
	for _, tt := range []struct {
		token         string
		writes, reads bool
	}{{carol, true, false}, {dave, false, true}} {
		if got := term.requestsOf(tt.token, kmsg.Produce) > 0; got != tt.writes {
			t.Errorf("writes with token %s: got %t, want %t", tt.token, got, tt.writes)
		}
		if got := term.requestsOf(tt.token, kmsg.Fetch) > 0; got != tt.reads {
			t.Errorf("reads with token %s: got %t, want %t", tt.token, got, tt.reads)
		}
	}
	_, _, err := k.Hold(bearer(t, b.ListenAddrs()[0], token(t, "erin", time.Time{})), true)
	const full = "connect: FAILURE_TOO_MANY_CLIENTS: more than 2 dynamic clients"
	if err == nil || err.Error() != full {
		t.Errorf("a third token: got %v, want %s", err, full)
	}
	if s := k.Stats(); s.DynamicClients != 2 || s.RefusedClients != 1 {
		t.Errorf("got %d dynamic clients and %d refusals, want 2 and 1", s.DynamicClients, s.RefusedClients)
	}
}

// TestTokenEnds: with its token a caller's stream and publisher end, and its client after the last
// of them.
func TestTokenEnds(t *testing.T) {
	b, _ := bearerBroker(t, anyToken)
	k := dynamicKafka(t, 10, nil)
	for life := 2 * time.Second; !tokenEnds(t, k, b.ListenAddrs()[0], time.Now().Add(life)); life *= 2 {
		if life > patience {
			t.Fatal("the machine is too slow for this test")
		}
	}
	if n := k.Stats().DynamicClients; n != 0 {
		t.Errorf("%d dynamic clients after the last holder left, want 0", n)
	}
}

// tokenEnds reports false when the token ended before everything was open.
func tokenEnds(t *testing.T, k *kafka.Kafka, addr string, end time.Time) bool {
	t.Helper()
	target := bearer(t, addr, token(t, "carol", end))
	c, release, err := k.Hold(target, true)
	if err != nil {
		return false
	}
	defer release()
	sink, sinkErr := c.Sink(endpoint.Balanced, "")
	reading := qos.Reading{Kind: endpoint.SSE, Level: endpoint.None, Topics: []string{"orders"}, Reset: qos.Earliest}
	stream, err := c.Open(t.Context(), reading)
	if err != nil {
		return false
	}
	defer func() {
		if err := stream.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	if sinkErr != nil || !time.Now().Before(end) {
		return false
	}
	if err := drain(stream); err == nil || err.Error() != "read: FAILURE_UNAUTHENTICATED: the credentials of the request have ended" {
		t.Errorf("the stream ended with %v", err)
	}
	if time.Now().Before(end.Add(-time.Second)) {
		t.Error("the stream ended before its token")
	}
	eventually(t, "end of the token", func() bool { return !time.Now().Before(end) })
	const ended = "produce: FAILURE_UNAUTHENTICATED: the credentials of the request have ended"
	sink.Send(&core.Record{Topic: "orders"}, func(_ core.Receipt, err error) {
		if err == nil || err.Error() != ended {
			t.Errorf("publish: got %v, want %s", err, ended)
		}
	})
	if _, err := c.Sink(endpoint.Balanced, ""); err == nil || err.Error() != ended {
		t.Errorf("sink: got %v, want %s", err, ended)
	}
	if _, err := c.Open(t.Context(), reading); core.CodeOf(err) != core.CodeUnauthenticated {
		t.Errorf("open: got %v, want %s", err, core.CodeUnauthenticated)
	}
	want := "connect: FAILURE_BROKER_UNAVAILABLE: SASL_AUTHENTICATION_FAILED: SASL Authentication failed.: access_token expired at " +
		end.UTC().Format(time.RFC3339)
	for range 2 { // while it is held, and by its token alone
		if _, _, err := k.Hold(target, true); err == nil || err.Error() != want {
			t.Errorf("hold: got %v, want %s", err, want)
		}
		release()
	}
	return true
}

// drain polls a stream until it ends.
func drain(s qos.Stream) error {
	for {
		batch, more, err := s.Poll(0)
		if err != nil {
			return err
		}
		if batch == nil {
			<-more
		}
	}
}

// TestBadTokensKeepNoClients: each bad token is tried once in 5 s, and no client stays for it.
func TestBadTokensKeepNoClients(t *testing.T) {
	b, term := bearerBroker(t, func(string) (time.Duration, error) { return 0, errBadToken })
	var log lines.Lines
	k := dynamicKafka(t, 2, slog.New(slog.NewTextHandler(&log, nil)))
	var tokens []string // of those that were quick enough
	for i := range 20 {
		text := token(t, fmt.Sprint(i), time.Time{})
		began := time.Now()
		var c qos.Cluster
		var release func()
		eventually(t, "room: earlier ones are being closed", func() (ok bool) {
			var err error
			c, release, err = k.Hold(bearer(t, b.ListenAddrs()[0], text), true)
			if err != nil && core.CodeOf(err) != core.CodeTooManyClients {
				t.Fatalf("token %d: %v", i, err)
			}
			return err == nil
		})
		var err error
		if i%2 == 0 {
			err = write(t, c, "x")
		} else {
			_, err = c.Open(t.Context(), qos.Reading{Level: endpoint.None, Topics: []string{"orders"}})
		}
		if core.CodeOf(err) != core.CodeBrokerUnavailable || !strings.Contains(err.Error(), "invalid_token") {
			t.Errorf("token %d: got %v, want the broker's refusal", i, err)
		}
		release()
		_, _, err = k.Hold(bearer(t, b.ListenAddrs()[0], text), true)
		if time.Since(began) > 4*time.Second {
			continue // the memory may be over
		}
		tokens = append(tokens, text)
		var refusal *core.Error
		if !errors.As(err, &refusal) || refusal.Code != core.CodeBrokerUnavailable || refusal.RetryAfter != 5 {
			t.Errorf("token %d again: got %v, want the remembered refusal", i, err)
		}
	}
	eventually(t, "no client", func() bool { return k.Stats().DynamicClients == 0 })
	for _, text := range tokens {
		if n := term.loginsOf(text); n > 2 {
			t.Errorf("%d logins with a token, want those at the same moment only", n)
		}
		if strings.Contains(log.String(), text) {
			t.Error("the log holds a token")
		}
	}
}

// TestRefusedWhileIdle: a request that waits for nothing has left when the login is refused. Its
// client does not stay to log in again and again.
func TestRefusedWhileIdle(t *testing.T) {
	b, term := bearerBroker(t, func(string) (time.Duration, error) { return 0, errBadToken })
	k := dynamicKafka(t, 2, nil)
	text := token(t, "carol", time.Time{})
	c, release := hold(t, k, bearer(t, b.ListenAddrs()[0], text))
	sink, err := c.Sink(endpoint.None, "")
	if err != nil {
		t.Fatal(err)
	}
	sink.Send(&core.Record{Topic: "orders"}, func(core.Receipt, error) {})
	release()
	eventually(t, "a login", func() bool { return term.loginsOf(text) > 0 })
	eventually(t, "no client", func() bool { return k.Stats().DynamicClients == 0 })
	eventually(t, "the record counts as lost", func() bool {
		dynamic := k.Stats().Dynamic
		return len(dynamic) == 1 && dynamic[0].LostRecords == 1
	})
}

// TestManyConfigurations: 10,000 different ones are bounded, whatever is asked of them.
func TestManyConfigurations(t *testing.T) {
	k := dynamicKafka(t, 100, nil)
	var releases []func()
	refused := 0
	for i := range 10_000 {
		c, release, err := k.Hold(target(t, i+1), true)
		switch {
		case err == nil:
			releases = append(releases, release)
			if !c.Usable() {
				t.Error("a cluster that was not tried is not usable")
			}
		case core.CodeOf(err) == core.CodeTooManyClients:
			refused++
		default:
			t.Fatal(err)
		}
	}
	if len(releases) != 100 || refused != 9900 {
		t.Errorf("%d were held and %d refused, want 100 and 9900", len(releases), refused)
	}
	s := k.Stats()
	if s.DynamicClients != 100 || s.RefusedClients != 9900 || len(s.Clusters) != 0 || len(s.Dynamic) != 1 || s.Dynamic[0].States[cluster.NotTried] != 100 {
		t.Errorf("stats: got %+v", s)
	}
	for _, release := range releases {
		release()
	}
	if _, _, err := k.Hold(target(t, 10_001), false); err != nil {
		t.Errorf("clusters of the configuration do not count: %v", err)
	}
}
