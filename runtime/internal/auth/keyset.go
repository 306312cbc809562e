package auth

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

const (
	// keysFresh is how long keys are used before they are asked for again.
	keysFresh = 5 * time.Minute
	// keysKept is how long keys are used while the issuer is away.
	keysKept = 24 * time.Hour
	// askAgain is the least time between two questions for a key that is not known, so that tokens
	// with invented key ids cannot hammer the issuer.
	askAgain = 10 * time.Second
	// askAgainAway is the same while the issuer does not answer.
	askAgainAway = 5 * time.Second
	// leastRSA is the shortest RSA key, in bits.
	leastRSA = 2048
)

// keySet is the public keys of an issuer, asked for when they are needed. Safe for concurrent use.
type keySet struct {
	scheme string
	source *source
	log    *slog.Logger
	now    func() time.Time

	answers atomic.Int64 // of the issuer so far; what was signed is checked again after each

	mu       sync.Mutex
	keys     []jose.JSONWebKey
	fetched  time.Time     // when the keys came
	asked    time.Time     // when the last question was answered or failed
	failure  error         // of the last question
	question chan struct{} // open while one is out
}

func newKeySet(scheme, issuer, jwksURL string, log *slog.Logger) (*keySet, error) {
	s, err := newSource(issuer, jwksURL)
	if err != nil {
		return nil, err
	}
	return &keySet{scheme: scheme, source: s, log: log, now: time.Now}, nil
}

// find gives the keys that may have signed a token: the one of its key id, or all that fit the
// algorithm where it names none. It asks the issuer when the keys are old or do not have the id.
//
// The error is 503 FAILURE_ISSUER_UNAVAILABLE while the issuer is away and the known keys do not
// do, or the one of ctx.
func (k *keySet) find(ctx context.Context, id string, algorithm jose.SignatureAlgorithm) ([]jose.JSONWebKey, error) {
	k.mu.Lock()
	found := k.matching(id, algorithm)
	age := k.now().Sub(k.fetched)
	switch {
	case len(found) > 0 && age < keysFresh:
		k.mu.Unlock()
		return found, nil
	case len(found) > 0 && age < keysKept:
		k.ask() //nolint:contextcheck // nobody waits for it
		k.mu.Unlock()
		return found, nil
	}
	answered := k.ask() //nolint:contextcheck // others wait for the same answer
	k.mu.Unlock()
	select {
	case <-answered:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	found = k.matching(id, algorithm)
	if k.failure != nil && (len(found) == 0 || k.now().Sub(k.fetched) >= keysKept) {
		return nil, &core.Error{Code: core.CodeIssuerUnavailable, Op: "authenticate", RetryAfter: int(askAgainAway.Seconds()), Err: k.failure}
	}
	return found, nil
}

// ask sends a question for the keys, unless one is out or the last one is too recent. The channel
// closes when there is nothing to wait for. k.mu is held.
func (k *keySet) ask() <-chan struct{} {
	if k.question != nil {
		return k.question
	}
	pause := askAgain
	if k.failure != nil {
		pause = askAgainAway
	}
	done := make(chan struct{})
	if !k.asked.IsZero() && k.now().Sub(k.asked) < pause {
		close(done)
		return done
	}
	k.question = done
	go k.fetch(done)
	return done
}

// fetch asks the issuer. It is not bound to the request that needs the keys first: others wait for
// the same answer.
func (k *keySet) fetch(done chan struct{}) {
	keys, err := k.source.fetch()
	k.mu.Lock()
	k.asked, k.failure, k.question = k.now(), err, nil
	if err == nil {
		k.keys, k.fetched = keys, k.asked
		k.answers.Add(1)
	}
	k.mu.Unlock()
	if err != nil {
		k.log.Warn("keys of an issuer not read", "scheme", k.scheme, "error", err)
	} else {
		k.log.Debug("keys of an issuer read", "scheme", k.scheme, "keys", len(keys))
	}
	close(done)
}

// close waits until no question is out, or until ctx ends.
func (k *keySet) close(ctx context.Context) error {
	k.source.cancel()
	k.mu.Lock()
	question := k.question
	k.mu.Unlock()
	if question != nil {
		select {
		case <-question:
		case <-ctx.Done():
			return fmt.Errorf("keys of scheme %q: %w", k.scheme, ctx.Err())
		}
	}
	k.source.client.CloseIdleConnections()
	return nil
}

// matching lists the keys for a token. k.mu is held.
func (k *keySet) matching(id string, algorithm jose.SignatureAlgorithm) []jose.JSONWebKey {
	var found []jose.JSONWebKey
	for _, key := range k.keys {
		if (id == "" || key.KeyID == id) && fits(key, algorithm) {
			found = append(found, key)
		}
	}
	return found
}

// fits says whether a key is one for an algorithm: of its type, and not meant for another use
// (RFC 8725 section 3.1).
func fits(key jose.JSONWebKey, algorithm jose.SignatureAlgorithm) bool {
	if key.Use != "" && key.Use != "sig" || key.Algorithm != "" && key.Algorithm != string(algorithm) {
		return false
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return (strings.HasPrefix(string(algorithm), "RS") || strings.HasPrefix(string(algorithm), "PS")) && public.N.BitLen() >= leastRSA
	case *ecdsa.PublicKey:
		curves := map[jose.SignatureAlgorithm]int{jose.ES256: 256, jose.ES384: 384, jose.ES512: 521}
		return curves[algorithm] == public.Params().BitSize
	case ed25519.PublicKey:
		return algorithm == jose.EdDSA
	}
	return false
}
