package cluster

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// TestDialThatFailsLate: when a broker comes back, some clients still wait for their dials from
// before. These say nothing about the broker as it is now, and cause no lines.
func TestDialThatFailsLate(t *testing.T) {
	var text strings.Builder
	h := newHealth(slog.New(slog.NewTextHandler(&text, nil)), func(context.Context) error { return nil }, nil)
	defer h.close()
	at := kgo.BrokerMetadata{Host: "kafka", Port: 9092}
	dialed := func(err error, took time.Duration) Phase {
		h.OnBrokerConnect(at, took, nil, err)
		return h.state().Phase
	}
	refused := errors.New("connection refused")
	h.probing = true // none beside the test's own dials
	if got := dialed(refused, 0); got != Unreachable {
		t.Errorf("after a dial that failed: %s", got)
	}
	if got := dialed(nil, 0); got != Reachable {
		t.Errorf("after a dial that succeeded: %s", got)
	}
	if got := dialed(errors.New("i/o timeout"), time.Hour); got != Reachable {
		t.Errorf("after a dial from before that failed: %s", got)
	}
	if got := dialed(refused, -time.Hour); got != Unreachable {
		t.Errorf("after a dial that began later and failed: %s", got)
	}
	const want = 3
	if got := strings.Count(text.String(), "\n"); got != want {
		t.Errorf("%d lines, want %d:\n%s", got, want, text.String())
	}
}
