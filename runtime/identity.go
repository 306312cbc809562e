package runtime

import (
	"context"

	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// Identity is who sent a request, as authentication found out: subject, claims and when the
// credentials end. The zero value is an anonymous caller.
type Identity = exchange.Identity

// Caller is who sent a request, for middleware that was added with Use and for publish hooks. ctx
// is the context of the request; for any other it is the zero value. Claims are read only.
func Caller(ctx context.Context) Identity {
	if known := exchange.From(ctx); known != nil {
		return known.Identity
	}
	return Identity{}
}
