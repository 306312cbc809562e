package limits

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

func take(t *testing.T, s *Streams, c exchange.Caller) func() {
	t.Helper()
	release, err := s.Take(c)
	if err != nil {
		t.Fatal(err)
	}
	return release
}

func wantRefusal(t *testing.T, s *Streams, c exchange.Caller, code core.Code, status int) {
	t.Helper()
	_, err := s.Take(c)
	var e *core.Error
	if !errors.As(err, &e) || e.Code != code || e.Code.Status() != status || e.RetryAfter != 5 {
		t.Fatalf("got %v, want %s with status %d and Retry-After", err, code, status)
	}
}

func TestStreamsPerAddress(t *testing.T) {
	s := NewStreams(10, 1, 2)
	a, b := exchange.Caller{Address: "192.0.2.1"}, exchange.Caller{Address: "192.0.2.2"}
	release := take(t, s, a)
	take(t, s, a)
	wantRefusal(t, s, a, core.CodeTooManyRequests, 429)
	take(t, s, b)
	release()
	release()
	take(t, s, a)
	wantRefusal(t, s, a, core.CodeTooManyRequests, 429)
	if s.Open() != 3 {
		t.Errorf("%d open, want 3", s.Open())
	}
}

func TestStreamsPerSubjectIgnoresTheAddress(t *testing.T) {
	s := NewStreams(10, 1, 1)
	take(t, s, exchange.Caller{Identity: exchange.Identity{Subject: "ann"}, Address: "192.0.2.1"})
	take(t, s, exchange.Caller{Identity: exchange.Identity{Subject: "bob"}, Address: "192.0.2.1"})
	wantRefusal(t, s, exchange.Caller{Identity: exchange.Identity{Subject: "ann"}, Address: "192.0.2.9"}, core.CodeTooManyRequests, 429)
}

func TestStreamsOfTheProcess(t *testing.T) {
	s := NewStreams(1, 9, 9)
	take(t, s, exchange.Caller{Address: "192.0.2.1"})
	wantRefusal(t, s, exchange.Caller{Address: "192.0.2.2"}, core.CodeTooManyStreams, 503)
}

func TestDrainWaitsForTheLastStream(t *testing.T) {
	s := NewStreams(10, 10, 10)
	release := take(t, s, exchange.Caller{Address: "192.0.2.1"})
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if left := s.Drain(short); left != 1 {
		t.Errorf("%d left, want 1", left)
	}
	wantRefusal(t, s, exchange.Caller{Address: "192.0.2.2"}, core.CodeDraining, 503)
	release()
	if s.Open() != 0 {
		t.Errorf("%d open, want 0", s.Open())
	}
}

func TestStreamsConcurrently(t *testing.T) {
	s := NewStreams(50, 50, 50)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 200 {
				if release, err := s.Take(exchange.Caller{Address: "192.0.2.1"}); err == nil {
					release()
				}
			}
		})
	}
	wg.Wait()
	if left := s.Drain(t.Context()); left != 0 || len(s.address) != 0 {
		t.Errorf("%d streams and %d addresses left, want none", left, len(s.address))
	}
}
