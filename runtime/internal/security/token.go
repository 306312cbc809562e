package security

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// The life of a fetched token.
const (
	// A token is renewed at the first login of the last fifth of its life, and of its last 10 s.
	leastLeft = 10 * time.Second
	// While a renewal fails, the token that still lasts is used; the next try is after this.
	renewAgain = 5 * time.Second
	// fetchTimeout bounds one fetch, the connection included.
	fetchTimeout = 10 * time.Second
)

// fetched is a token of an authorization server.
type fetched struct {
	text  string
	renew time.Time // from when on another one is fetched
	end   time.Time // zero when the server does not say: it is for one login
}

// lasting makes a token that is given out at one moment and ends at another.
func lasting(text string, from, end time.Time) fetched {
	left := max(end.Sub(from)/5, leastLeft)
	return fetched{text: text, renew: end.Add(-left), end: end}
}

// tokenSource gives every login of a client configuration the same token, as long as it lasts.
// Logins that come while a token is fetched wait for that one. Safe for concurrent use.
type tokenSource struct {
	fetch  func(context.Context) (fetched, error)
	flight singleflight.Group
	ctx    context.Context //nolint:containedctx // of the fetch, which outlives a login that gave up; ends with close
	cancel context.CancelFunc

	mu   sync.Mutex
	last fetched
}

func newTokenSource(fetch func(context.Context) (fetched, error)) *tokenSource {
	s := &tokenSource{fetch: fetch}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// token gives a token that lasts. An error says why none could be fetched, without secrets.
func (s *tokenSource) token(ctx context.Context) (string, error) {
	if last := s.held(); time.Now().Before(last.renew) {
		return last.text, nil
	}
	select {
	case result := <-s.flight.DoChan("", s.renewed):
		text, _ := result.Val.(string)
		return text, result.Err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

func (s *tokenSource) held() fetched {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// renewed fetches a token, or keeps the one that still lasts.
func (s *tokenSource) renewed() (any, error) {
	ctx, cancel := context.WithTimeout(s.ctx, fetchTimeout)
	defer cancel()
	next, err := s.fetch(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); err != nil && now.Before(s.last.end) {
		s.last.renew = now.Add(renewAgain)
		return s.last.text, nil
	}
	if err != nil {
		return "", err
	}
	s.last = next
	return next.text, nil
}

// close ends a fetch that runs.
func (s *tokenSource) close() { s.cancel() }
