package kafka_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/test/lines"
)

// session is how long a login lasts in these tests: the library logs in again a second before.
const session = 1100 * time.Millisecond

func shortSessions(string) (time.Duration, error) { return session, nil }

// TestLoginIsRepeated: KIP-368. No request fails because a session ends.
func TestLoginIsRepeated(t *testing.T) {
	b, term := bearerBroker(t, shortSessions)
	k := dynamicKafka(t, 1, nil)
	carol := token(t, "carol", time.Time{})
	c, _, err := k.Hold(bearer(t, b.ListenAddrs()[0], carol), false)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := c.Open(t.Context(), qos.Reading{Kind: endpoint.SSE, Level: endpoint.None, Topics: []string{"orders"}, Reset: qos.Earliest})
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, c, "x")
	written, read := 1, 0
	eventually(t, "repeated logins", func() bool {
		if err := write(t, c, "x"); err != nil {
			t.Fatalf("record %d: %v", written, err)
		}
		written++
		return term.repeated.Load() >= 4
	})
	for deadline := time.After(patience); read < written; {
		batch, more, err := stream.Poll(0)
		if err != nil {
			t.Fatalf("after %d records: %v", read, err)
		}
		if batch != nil {
			read += batch.Len()
			continue
		}
		select {
		case <-more:
		case <-deadline:
			t.Fatalf("%d of %d records were read", read, written)
		}
	}
	if err := stream.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestConfiguredTokenEnds: a token of the configuration that has ended is 503, with one line in
// the log and without hammering.
func TestConfiguredTokenEnds(t *testing.T) {
	b, term := bearerBroker(t, shortSessions)
	var log lines.Lines
	k := dynamicKafka(t, 1, slog.New(slog.NewTextHandler(&log, nil)))
	end := time.Now().Add(3 * time.Second)
	carol := token(t, "carol", end)
	c, _, err := k.Hold(bearer(t, b.ListenAddrs()[0], carol), false)
	if err != nil {
		t.Fatal(err)
	}
	var refused error
	eventually(t, "end of the token", func() bool {
		refused = write(t, c, "x")
		if refused != nil && core.CodeOf(refused) != core.CodeBrokerUnavailable {
			t.Fatalf("got %v, want %s", refused, core.CodeBrokerUnavailable)
		}
		return errors.Is(refused, kerr.SaslAuthenticationFailed)
	})
	if time.Now().Before(end) {
		t.Errorf("refused before the token ended: %v", refused)
	}
	if !strings.Contains(refused.Error(), "access_token expired at "+end.UTC().Format(time.RFC3339)) {
		t.Errorf("got %v, want the cause", refused)
	}
	logins, conns, began := term.loginsOf(carol), term.accepted.Load(), time.Now()
	for range 100 {
		if _, err := c.Open(t.Context(), qos.Reading{Kind: endpoint.SSE, Level: endpoint.None, Topics: []string{"orders"}}); core.CodeOf(err) != core.CodeBrokerUnavailable {
			t.Fatalf("open: got %v, want %s", err, core.CodeBrokerUnavailable)
		}
		if err := write(t, c, "x"); core.CodeOf(err) != core.CodeBrokerUnavailable {
			t.Fatalf("publish: got %v, want %s", err, core.CodeBrokerUnavailable)
		}
	}
	if n := term.loginsOf(carol); n != logins {
		t.Errorf("%d logins with a token that has ended", n-logins)
	}
	if n, most := term.accepted.Load()-conns, int64(20+20*time.Since(began)/(5*time.Second)); n > most {
		t.Errorf("%d connections for 200 requests, want at most %d", n, most)
	}
	if text := log.String(); strings.Count(text, "kafka refuses the login") != 1 || strings.Contains(text, carol) {
		t.Errorf("log:\n%s", text)
	}
}
