package cluster

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TestUsable: an answer within 30 s, not tried, or nobody asked.
func TestUsable(t *testing.T) {
	const within, beyond = answerWithin - time.Second, answerWithin + time.Second
	asks := func(key kmsg.Key) func(*health) {
		return func(h *health) { h.OnBrokerWrite(kgo.BrokerMetadata{}, int16(key), 1, 0, 0, nil) }
	}
	answers := func(key kmsg.Key) func(*health) {
		return func(h *health) { h.OnBrokerRead(kgo.BrokerMetadata{}, int16(key), 1, 0, 0, nil) }
	}
	fails := func(h *health) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.setUnreachable(errors.New("connection refused"))
	}
	comesBack := func(h *health) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.setReachable()
	}
	for name, tt := range map[string]struct {
		happens []func(*health)
		after   time.Duration
		want    bool
	}{
		"not tried":                 {nil, time.Hour, true},
		"asked":                     {[]func(*health){asks(kmsg.Fetch)}, within, true},
		"asked long ago":            {[]func(*health){asks(kmsg.Fetch)}, beyond, false},
		"idle":                      {[]func(*health){asks(kmsg.Fetch), answers(kmsg.Fetch)}, time.Hour, true},
		"records without an answer": {[]func(*health){asks(kmsg.Produce)}, time.Hour, true},
		"a greeting is no answer":   {[]func(*health){asks(kmsg.Fetch), answers(kmsg.ApiVersions)}, beyond, false},
		"a greeting is no question": {[]func(*health){asks(kmsg.SASLHandshake), asks(kmsg.SASLAuthenticate)}, time.Hour, true},
		"never answered":            {[]func(*health){fails}, 0, false},
		"away for a moment":         {[]func(*health){answers(kmsg.Fetch), fails}, within, true},
		"away":                      {[]func(*health){answers(kmsg.Fetch), fails}, beyond, false},
		"away with greetings":       {[]func(*health){fails, answers(kmsg.ApiVersions)}, 0, false},
		"back":                      {[]func(*health){asks(kmsg.Fetch), fails, comesBack, answers(kmsg.Metadata)}, time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHealth(slog.New(slog.DiscardHandler), func(context.Context) error { return nil }, nil)
			defer h.close()
			for _, event := range tt.happens {
				event(h)
			}
			if got := h.usable(time.Now().Add(tt.after)); got != tt.want {
				t.Errorf("after %s: got %t, want %t", tt.after, got, tt.want)
			}
		})
	}
}

// TestUsableFollowsTheBroker asks a broker that answers, and one that does not exist.
func TestUsableFollowsTheBroker(t *testing.T) {
	b := broker(t, kfake.SeedTopics(1, "orders"))
	for addr, want := range map[string]bool{b.ListenAddrs()[0]: true, "127.0.0.1:1": false} {
		c, err := New(target(t, addr), testConfig())
		if err != nil {
			t.Fatal(err)
		}
		if !c.Usable() {
			t.Errorf("%s: not usable before it was tried", addr)
		}
		_, asked := c.Topics(t.Context(), "orders")
		if (asked == nil) != want {
			t.Errorf("%s: got %v", addr, asked)
		}
		eventually(t, "what the broker said", func() bool { return c.Usable() == want })
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
