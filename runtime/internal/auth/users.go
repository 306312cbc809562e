package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"runtime"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

const (
	// maxPasswords bounds the passwords that are remembered.
	maxPasswords = 10_000
	// maxBcryptCost is the largest cost of a hash: 14 takes a second.
	maxBcryptCost = 14
	// maxWaiting bounds the requests that wait for a hash.
	maxWaiting = 64
)

// users checks names and passwords of HTTP basic authentication (RFC 7617) against a file.
type users struct {
	file    *file[map[string][]byte] // bcrypt hashes by name
	unknown []byte                   // a hash to check for names that are not there: it takes as long
	hashing chan struct{}            // a place for each hash that may run at once
	waiting chan struct{}

	secret [32]byte // keys the hashes in right
	right  *memory[struct{}]
}

func newUsers(path string, log *slog.Logger) (*users, error) {
	f, err := openFile(path, log, parseUsers)
	if err != nil {
		return nil, err
	}
	u := &users{
		file: f, right: newMemory[struct{}](maxPasswords),
		hashing: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)), waiting: make(chan struct{}, maxWaiting),
	}
	cost := bcrypt.DefaultCost
	for _, hash := range f.get() {
		cost, _ = bcrypt.Cost(hash) // parseUsers has seen that it has one
		break
	}
	_, _ = rand.Read(u.secret[:]) // crypto/rand never fails
	u.unknown, err = bcrypt.GenerateFromPassword(u.secret[:], cost)
	return u, err
}

// parseUsers reads what htpasswd -B writes: lines name:hash, with a bcrypt hash. Lines that are
// empty or start with # do not count. An error starts with the number of its line.
func parseUsers(text string) (map[string][]byte, error) {
	all := map[string][]byte{}
	for line, entry := range entries(text) {
		name, hash, ok := strings.Cut(entry, ":")
		if !ok || name == "" {
			return nil, fmt.Errorf("%d: a user is written name:hash", line)
		}
		cost, err := bcrypt.Cost([]byte(hash))
		if err != nil || !strings.HasPrefix(hash, "$2") {
			return nil, fmt.Errorf("%d: the hash of %q is not a bcrypt hash: write it with htpasswd -B", line, name)
		}
		if cost > maxBcryptCost {
			return nil, fmt.Errorf("%d: the hash of %q has cost %d, above %d", line, name, cost, maxBcryptCost)
		}
		if _, twice := all[name]; twice {
			return nil, fmt.Errorf("%d: user %q stands twice", line, name)
		}
		all[name] = []byte(hash)
	}
	return all, nil
}

// verify checks the name and password of a request.
func (u *users) verify(r request) (proof, error) {
	switch values := r.Header.Values("Authorization"); {
	case len(values) > 1:
		return proof{}, refusal("the credentials stand twice")
	case len(values) == 0 || !strings.EqualFold(values[0][:min(6, len(values[0]))], "Basic "):
		return proof{}, errAbsent
	}
	name, password, ok := r.BasicAuth()
	if !ok {
		return proof{}, refusal("the credentials are malformed")
	}
	hash, known := u.file.get()[name]
	if !known {
		hash = u.unknown
	}
	key := u.key(name, password, hash)
	if _, ok := u.right.get(key); ok && known {
		return userProof(name), nil
	}
	right, err := u.compare(r, hash, password)
	if err != nil {
		return proof{}, err
	}
	if !right || !known {
		return proof{}, refusal("the user or the password is wrong")
	}
	u.right.put(key, struct{}{})
	return userProof(name), nil
}

// userProof is a proof by a password. Browsers add passwords by themselves.
func userProof(name string) proof {
	return proof{identity: exchange.Identity{Subject: name, Claims: map[string]any{"sub": name}}, ambient: true}
}

// compare hashes a password. The address must have failures left, so that passwords cannot be
// guessed fast; few hashes run at once, so that they leave processors for everybody else. A
// failure is taken before the hash and given back when there was none: many guesses at once must
// not all find some left.
func (u *users) compare(r request, hash []byte, password string) (right bool, err error) {
	if err := r.gate.failed(r.Request); err != nil { // it need not wait for that
		return false, err
	}
	r.gate.succeeded(r.Request)
	leave, err := u.enter(r.Context())
	if err != nil {
		return false, err
	}
	defer leave()
	if err := r.gate.failed(r.Request); err != nil {
		return false, err
	}
	if bcrypt.CompareHashAndPassword(hash, []byte(password)) != nil {
		return false, nil
	}
	r.gate.succeeded(r.Request)
	return true, nil
}

// enter waits for a place to hash in; leave gives it back.
func (u *users) enter(ctx context.Context) (leave func(), err error) {
	select {
	case u.waiting <- struct{}{}:
		defer func() { <-u.waiting }()
	default:
		return nil, tooMany("too many passwords wait to be checked", 1)
	}
	select {
	case u.hashing <- struct{}{}:
		return func() { <-u.hashing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// key is what a right password is remembered by. It changes with the hash in the file.
func (u *users) key(name, password string, hash []byte) (key [sha256.Size]byte) {
	mac := hmac.New(sha256.New, u.secret[:])
	for _, part := range [][]byte{hash, {0}, []byte(name), {0}, []byte(password)} {
		mac.Write(part)
	}
	mac.Sum(key[:0])
	return key
}

// tooMany is a 429 of authentication.
func tooMany(detail string, seconds int) error {
	return &core.Error{Code: core.CodeTooManyRequests, Op: "authenticate", Detail: detail, RetryAfter: seconds}
}
