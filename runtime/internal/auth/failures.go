package auth

import (
	"math"
	"net/http"

	"github.com/penstock-dev/penstock/runtime/internal/limits"
)

// failed takes a failure from those that the address of a request may have. The error is 429.
func (g *Gate) failed(r *http.Request) error {
	wait, ok := g.failures.Take(limits.Network(g.options.Address(r)))
	if ok {
		return nil
	}
	return tooMany("too many failed authentications of this address", max(1, int(math.Ceil(wait.Seconds()))))
}

// succeeded gives a failure back that did not happen.
func (g *Gate) succeeded(r *http.Request) { g.failures.Give(limits.Network(g.options.Address(r))) }
