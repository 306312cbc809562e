package limits

import (
	"math"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// maxClients bounds how many subjects and addresses have a rate.
const maxClients = 1 << 16

// Requests bounds the rate of requests of each authenticated subject and of each anonymous
// address. Nil bounds nothing. Safe for concurrent use.
type Requests struct{ subjects, addresses *Buckets }

// NewRequests makes the bound of so many requests in a second, burst of them at once (0: as many
// as in a second); nil for 0 requests in a second.
func NewRequests(perSecond, burst int) *Requests {
	if perSecond <= 0 {
		return nil
	}
	if burst <= 0 {
		burst = perSecond
	}
	return &Requests{
		subjects:  NewBuckets(float64(perSecond), float64(burst), maxClients, time.Now),
		addresses: NewBuckets(float64(perSecond), float64(burst), maxClients, time.Now),
	}
}

// Take counts a request. The error is 429 FAILURE_TOO_MANY_REQUESTS with Retry-After.
func (r *Requests) Take(c exchange.Caller) error {
	if r == nil {
		return nil
	}
	buckets, key := r.addresses, Network(c.Address)
	if c.Subject != "" {
		buckets, key = r.subjects, c.Subject
	}
	wait, ok := buckets.Take(key)
	if ok {
		return nil
	}
	return &core.Error{
		Code: core.CodeTooManyRequests, Op: "take request", RetryAfter: max(1, int(math.Ceil(wait.Seconds()))),
		Detail: "more requests than limits.requestsPerSecond allows one client",
	}
}
