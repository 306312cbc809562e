package auth

import (
	"math"
	"net/http"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/limits"
)

// failed takes a failure from those that the address of a request may have. The error is 429; it
// is logged, once in a second, because somebody may be guessing.
func (g *Gate) failed(r *http.Request) error {
	address := g.options.Address(r)
	wait, ok := g.failures.Take(limits.Network(address))
	if ok {
		return nil
	}
	if level, skipped, due := g.refused.Due(core.CodeTooManyRequests); due {
		g.options.Log.Log(r.Context(), level, "too many failed authentications", "remote", address, "path", r.URL.Path, "not_logged", skipped)
	}
	return tooMany("too many failed authentications of this address", max(1, int(math.Ceil(wait.Seconds()))))
}

// request is a request that is about to be checked.
func (g *Gate) request(r *http.Request) request { return request{r, g, new(int)} }

// forgive gives the failures back that keys and tokens of a request have taken: it was let in, so
// they were another scheme's. Wrong passwords count all the same: who has a key could guess them.
func (r request) forgive() {
	for range *r.taken {
		r.gate.succeeded(r.Request)
	}
}

// succeeded gives a failure back that did not happen.
func (g *Gate) succeeded(r *http.Request) { g.failures.Give(limits.Network(g.options.Address(r))) }
