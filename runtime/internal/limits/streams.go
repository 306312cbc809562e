// Package limits bounds what web clients may hold open.
package limits

import (
	"context"
	"sync"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// retryAfter is what a refused client is told to wait, in seconds.
const retryAfter = 5

// Streams counts the open streams of the process, of each authenticated subject and of each
// anonymous address. Safe for concurrent use.
type Streams struct {
	total, perSubject, perAddress int

	mu       sync.Mutex
	open     int
	subjects map[string]int
	address  map[string]int
	closed   bool
	empty    chan struct{} // made by Drain, closed when the last stream is gone
}

// NewStreams makes the counters, with the limits of the configuration.
func NewStreams(total, perSubject, perAddress int) *Streams {
	return &Streams{
		total: total, perSubject: perSubject, perAddress: perAddress,
		subjects: map[string]int{}, address: map[string]int{},
	}
}

// Take takes a place for a stream; release gives it back and may be called more than once.
//
// Errors: 503 FAILURE_TOO_MANY_STREAMS for the process, 429 FAILURE_TOO_MANY_REQUESTS for one
// client, both with Retry-After, and 503 FAILURE_DRAINING after Drain.
func (s *Streams) Take(c exchange.Caller) (release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts, key, limit := s.address, Network(c.Address), s.perAddress
	if c.Subject != "" {
		counts, key, limit = s.subjects, c.Subject, s.perSubject
	}
	switch {
	case s.closed:
		return nil, &core.Error{Code: core.CodeDraining, Op: "open stream", RetryAfter: retryAfter}
	case s.open >= s.total:
		return nil, &core.Error{Code: core.CodeTooManyStreams, Op: "open stream", RetryAfter: retryAfter}
	case counts[key] >= limit:
		return nil, &core.Error{
			Code: core.CodeTooManyRequests, Op: "open stream", RetryAfter: retryAfter,
			Detail: "too many streams of one client are open",
		}
	}
	s.open++
	counts[key]++
	return sync.OnceFunc(func() { s.give(counts, key) }), nil
}

func (s *Streams) give(counts map[string]int, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	if counts[key]--; counts[key] == 0 {
		delete(counts, key)
	}
	if s.closed && s.open == 0 {
		close(s.empty)
	}
}

// Open is the number of open streams.
func (s *Streams) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

// Drain refuses new streams from now on and waits until the last one is gone or ctx ends. It
// returns how many were still open. It is called once.
func (s *Streams) Drain(ctx context.Context) int {
	s.mu.Lock()
	s.closed, s.empty = true, make(chan struct{})
	if s.open == 0 {
		close(s.empty)
	}
	empty := s.empty
	s.mu.Unlock()
	select {
	case <-empty:
	case <-ctx.Done():
	}
	return s.Open()
}
