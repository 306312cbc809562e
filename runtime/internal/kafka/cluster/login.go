package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// refusalLasts is how long a refused login is remembered. Within it no client of the cluster
// logs in: neither requests nor reconnects hammer a broker, or lock an account.
const refusalLasts = 5 * time.Second

// login is the SASL mechanism of all clients of a cluster.
type login struct {
	sasl.Mechanism

	mu    sync.Mutex
	err   error
	until time.Time
}

// remembered is a refusal that is given again without a login.
type remembered struct{ error }

func (r remembered) Unwrap() error { return r.error }

// isRefusal says whether a connection failed because of its login.
func isRefusal(err error) bool {
	return errors.Is(err, kerr.SaslAuthenticationFailed) || errors.Is(err, kerr.UnsupportedSaslMechanism) ||
		errors.Is(err, kerr.IllegalSaslState)
}

// Authenticate implements sasl.Mechanism.
func (l *login) Authenticate(ctx context.Context, host string) (sasl.Session, []byte, error) {
	if err := l.refused(); err != nil {
		return nil, nil, remembered{err}
	}
	session, first, err := l.Mechanism.Authenticate(ctx, host)
	if err != nil {
		return nil, nil, asRefusal(err)
	}
	return loginSession{session}, first, nil
}

func (l *login) refused() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Now().Before(l.until) {
		return l.err
	}
	return nil
}

// note remembers the refusal of a login, unless it is a remembered one.
func (l *login) note(err error) {
	var again remembered
	if l == nil || !isRefusal(err) || errors.As(err, &again) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err, l.until = err, time.Now().Add(refusalLasts)
}

// wait is how long no login is tried; 0 for a cluster without logins.
func (l *login) wait() time.Duration {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Until(l.until)
}

// remembers is refused, for those who are about to lose the cluster.
func (l *login) remembers() (time.Time, error) {
	if l == nil {
		return time.Time{}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Now().Before(l.until) {
		return l.until, errRefused(l.err)
	}
	return time.Time{}, nil
}

// errRefused is what callers get while a refused login is remembered.
func errRefused(err error) *core.Error {
	return &core.Error{
		Code: core.CodeBrokerUnavailable, Op: "connect", RetryAfter: int(refusalLasts / time.Second), Err: err,
	}
}

// Expired is the error of credentials that have ended, the one that a refused login gives.
func Expired(end time.Time) error {
	return errRefused(fmt.Errorf("%w: access_token expired at %s", kerr.SaslAuthenticationFailed, end.UTC().Format(time.RFC3339)))
}

// loginSession marks what goes wrong on our side of a login, too.
type loginSession struct{ sasl.Session }

// Challenge implements sasl.Session.
func (s loginSession) Challenge(answer []byte) (bool, []byte, error) {
	done, next, err := s.Session.Challenge(answer)
	return done, next, asRefusal(err)
}

func asRefusal(err error) error {
	if err == nil || isRefusal(err) {
		return err
	}
	return fmt.Errorf("%w: %w", kerr.SaslAuthenticationFailed, err)
}
