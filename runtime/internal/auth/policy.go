package auth

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// Policy is what one operation requires of its callers: that they fulfil one of the alternatives.
// Safe for concurrent use once the gate is open.
type Policy struct {
	gate         *Gate
	owner        string
	anonymous    bool // callers without credentials are let in
	alternatives [][]scheme
}

// scheme is a security scheme as an operation requires it, with the function that checks it.
type scheme struct {
	endpoint.Scheme
	verify func(request) (proof, error)
}

// request is a request and the gate that it is at.
type request struct {
	*http.Request
	gate  *Gate
	taken *int // failures for keys and tokens that one scheme has refused; another may know them
}

// proof is what credentials have proved.
type proof struct {
	identity exchange.Identity
	scopes   []string
	cookie   bool // they came in a cookie
	ambient  bool // a browser adds them by itself, also to requests that another site has made
}

// errAbsent says that a request has no credentials for a scheme.
var errAbsent = errors.New("no credentials")

// refusal is about credentials that are there and wrong. Its text is for the client.
type refusal string

func (r refusal) Error() string { return string(r) }

// Authenticate finds out who sends a request, by its credentials or by its ticket, which it takes
// out of the request. The zero identity is an anonymous caller.
//
// Errors are *core.Error: 401 with one challenge for each scheme in WWW-Authenticate, 403 where a
// scope is missing or another site sent the request, 429 for too many failures, 503 while the
// issuer of tokens is away.
func (p *Policy) Authenticate(c echo.Context) (exchange.Identity, error) {
	if len(p.alternatives) == 0 {
		return exchange.Identity{}, nil
	}
	if text, ok := ticketOf(c.Request()); ok {
		c.SetRequest(withoutTicket(c.Request()))
		identity, err := p.gate.redeem(text, p, c.Request())
		return identity, p.denied(c, err)
	}
	r := p.gate.request(c.Request())
	identity, err := p.identify(r)
	if err == nil {
		r.forgive()
	}
	return identity, p.denied(c, err)
}

// identify tries the alternatives in their order. Where none holds, the error is of the one that
// came furthest. Credentials that are wrong are an error even where none are needed.
func (p *Policy) identify(r request) (exchange.Identity, error) {
	var failure error
	for _, alternative := range p.alternatives {
		identity, err := p.fulfil(r, alternative)
		if err == nil {
			return identity, nil
		}
		if failure == nil || rank(err) > rank(failure) {
			failure = err
		}
	}
	if p.anonymous && errors.Is(failure, errAbsent) {
		return exchange.Identity{}, nil
	}
	return exchange.Identity{}, failure
}

// fulfil checks the schemes of one alternative. The subject is the one of the first scheme; claims
// of the others are added, and the earliest expiry counts.
func (p *Policy) fulfil(r request, alternative []scheme) (exchange.Identity, error) {
	var identity exchange.Identity
	for i, s := range alternative {
		found, err := s.verify(r)
		if err != nil {
			return exchange.Identity{}, err
		}
		if err := sameSite(r, found); err != nil {
			return exchange.Identity{}, err
		}
		for _, scope := range s.Scopes {
			if !slices.Contains(found.scopes, scope) {
				return exchange.Identity{}, &missingScope{scope: scope, all: s.Scopes}
			}
		}
		if i == 0 {
			identity = found.identity
			continue
		}
		identity = merge(identity, found.identity)
	}
	return identity, nil
}

// merge adds what another scheme knows of a caller.
func merge(first, other exchange.Identity) exchange.Identity {
	claims := make(map[string]any, len(first.Claims)+len(other.Claims))
	for _, from := range []map[string]any{other.Claims, first.Claims} {
		for name, value := range from {
			claims[name] = value
		}
	}
	first.Claims = claims
	if first.Expires.IsZero() || !other.Expires.IsZero() && other.Expires.Before(first.Expires) {
		first.Expires = other.Expires
	}
	return first
}

// rank orders failures by how far their alternative came: nothing there, something wrong, a scope
// missing, and above them what is no fault of the credentials.
func rank(err error) int {
	var wrong refusal
	var scope *missingScope
	switch {
	case errors.Is(err, errAbsent):
		return 0
	case errors.As(err, &wrong):
		return 1
	case errors.As(err, &scope):
		return 2
	}
	return 3 + web.Of(err).Code.Status()
}

// missingScope says that the caller is known and lacks a scope.
type missingScope struct {
	scope string
	all   []string
}

func (e *missingScope) Error() string { return fmt.Sprintf("scope %q is missing", e.scope) }
