package entrypoints

import (
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// Expiry tells when the credentials of a caller end: streams end with them. The zero value is of
// credentials that do not end. Its owner, one goroutine, calls Done and Stop; Over is for any.
type Expiry struct {
	at    time.Time
	timer *time.Timer
}

// NewExpiry makes the expiry of a caller, which must be stopped.
func NewExpiry(c exchange.Caller) Expiry {
	if c.Expires.IsZero() {
		return Expiry{}
	}
	left := time.Until(c.Expires)
	// From now on by the clock that nobody sets, so that Over and Done agree.
	return Expiry{at: time.Now().Add(left), timer: time.NewTimer(left)}
}

// Done has a value, once, when the credentials have ended; nil: they do not.
func (e *Expiry) Done() <-chan time.Time {
	if e.timer == nil {
		return nil
	}
	return e.timer.C
}

// Over reports whether the credentials have ended.
func (e *Expiry) Over() bool { return e.timer != nil && !time.Now().Before(e.at) }

// Stop frees the timer.
func (e *Expiry) Stop() {
	if e.timer != nil {
		e.timer.Stop()
	}
}

// Expired is why a stream ends when the credentials of its caller have: a CodeUnauthenticated.
func Expired() *core.Error {
	return core.NewError(core.CodeUnauthenticated, "the credentials have expired: connect again with new ones")
}
