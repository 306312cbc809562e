// Package auth finds out who calls: it checks the credentials of web clients against the security
// schemes that an operation requires, one small file for each kind of credential.
package auth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/limits"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// The bucket of failed authentications of one address: so many at once, then one in each interval.
const (
	failureBurst    = 10
	failureInterval = 5 * time.Second
	// maxAddresses bounds how many addresses are remembered for their failures.
	maxAddresses = 1 << 16
)

// Gate holds what every operation requires of its callers and the verifiers that check it.
// Require comes before Open, which comes before the first request; then it is safe for concurrent
// use.
type Gate struct {
	options  Options
	failures *limits.Buckets // of failed authentications, by address
	refused  web.Sampler     // of the log of those above their number
	tickets  *tickets
	policies []*Policy
	closers  []func(ctx context.Context) error
	headers  []string // that hold keys
}

// Options are what a gate needs of the gateway; every field is set.
type Options struct {
	Log *slog.Logger
	// Address is the remote address of a request, as trusted proxies give it.
	Address func(*http.Request) string
	// OriginTrusted says whether pages of the Origin of a request may use what browsers add.
	OriginTrusted func(*http.Request) bool
	// ClientCertificates says whether the listener verifies certificates of clients.
	ClientCertificates bool
}

// New makes a gate without operations.
func New(o Options) *Gate {
	return &Gate{options: o, failures: newFailures(time.Now), tickets: newTickets(time.Now)}
}

func newFailures(now func() time.Time) *limits.Buckets {
	return limits.NewBuckets(1/failureInterval.Seconds(), failureBurst, maxAddresses, now)
}

// Require notes what an operation requires of its callers. owner names it in messages, as
// `operation "placeOrder" of api "orders"`.
func (g *Gate) Require(owner string, requirements []endpoint.Requirement) *Policy {
	p := &Policy{gate: g, owner: owner, anonymous: len(requirements) == 0}
	for _, r := range requirements {
		if len(r) == 0 {
			p.anonymous = true
			continue
		}
		alternative := make([]scheme, len(r))
		for i, s := range r {
			alternative[i] = scheme{Scheme: s}
		}
		p.alternatives = append(p.alternatives, alternative)
	}
	g.policies = append(g.policies, p)
	return p
}

// Schemes lists the names of all schemes that operations require, sorted.
func (g *Gate) Schemes() []string {
	var names []string
	for s := range g.schemes {
		names = append(names, s.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// schemes yields every scheme of every operation.
func (g *Gate) schemes(yield func(*scheme, *Policy) bool) {
	for _, p := range g.policies {
		for _, alternative := range p.alternatives {
			for i := range alternative {
				if !yield(&alternative[i], p) {
					return
				}
			}
		}
	}
}

// Open makes the verifiers, by the name of their scheme. It reads their files and opens no
// connection. The error joins every problem: a scheme without a verifier, one that its verifier
// does not fit, a file that cannot be read.
func (g *Gate) Open(settings map[string]config.Verifier) error {
	b := builder{gate: g, settings: settings, made: map[string]*verifier{}, reported: map[string]bool{}}
	for s, p := range g.schemes {
		b.fit(s, p)
		if name := http.CanonicalHeaderKey(s.Param); s.In == "header" && !slices.Contains(g.headers, name) {
			g.headers = append(g.headers, name)
		}
	}
	return errors.Join(b.problems...)
}

// Headers lists the headers in which callers send keys to some operation, in canonical form. Read
// only.
func (g *Gate) Headers() []string { return g.headers }

// Close waits until nothing asks an issuer for its keys, or until ctx ends.
func (g *Gate) Close(ctx context.Context) error {
	var problems []error
	for _, c := range g.closers {
		problems = append(problems, c(ctx))
	}
	return errors.Join(problems...)
}
