// Package caller finds out who sent a request: address, client identifier and web origin.
package caller

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// Identifiers are the names of the header and query parameter by which a client names itself,
// the preferred one first.
var identifiers = []string{"X-Client-Identifier", "X-Gravitee-Client-Identifier"}

// maxIdentifier is the longest client identifier.
const maxIdentifier = 64

// Finder knows whose forwarding headers to believe. Safe for concurrent use.
type Finder struct {
	trusted []netip.Prefix
	origins Origins
}

// New makes a finder; trusted are addresses or CIDRs. The error names all that are neither.
func New(trusted []string, origins Origins) (*Finder, error) {
	f := &Finder{origins: origins}
	var problems []error
	for _, text := range trusted {
		prefix, err := netip.ParsePrefix(text)
		if addr, bad := netip.ParseAddr(text); bad == nil {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("trusted proxy %q is not an address or CIDR", text))
			continue
		}
		f.trusted = append(f.trusted, unmapped(prefix))
	}
	return f, errors.Join(problems...)
}

// unmapped is a prefix as addresses are compared with it: one of IPv4 that is written as IPv6 is one
// of IPv4.
func unmapped(prefix netip.Prefix) netip.Prefix {
	const mapped = 96 // bits before an IPv4 address (RFC 4291 section 2.5.5.2)
	if !prefix.Addr().Is4In6() || prefix.Bits() < mapped {
		return prefix
	}
	return netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-mapped)
}

// Caller finds out who sent a request: its address, its client identifier and, where the gateway
// has authenticated it, its identity. A malformed client identifier is 400.
func (f *Finder) Caller(r *http.Request) (exchange.Caller, error) {
	_, id, err := Identifier(r)
	if err != nil {
		return exchange.Caller{}, err
	}
	asked := f.asked(r)
	c := exchange.Caller{Address: asked.address, Scheme: asked.scheme, Host: asked.host, ClientID: id}
	if known := exchange.From(r.Context()); known != nil {
		c.Identity = known.Identity
	}
	return c, nil
}

// Address is the remote address without its port. Behind trusted proxies it is the last
// address of X-Forwarded-For, or of Forwarded, that no trusted proxy has.
func (f *Finder) Address(r *http.Request) string { return f.asked(r).address }

func (f *Finder) trusts(host string) bool {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	addr = addr.Unmap().WithZone("")
	for _, prefix := range f.trusted {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// Identifier gives the name under which a client identifier came and its text, both "" without
// one. It may have up to 64 of A-Z a-z 0-9 . _ -, else the error is 400.
func Identifier(r *http.Request) (name, id string, err error) {
	name, id = find(r)
	for i := range len(id) {
		c := id[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && c != '.' && c != '_' && c != '-' || i >= maxIdentifier {
			return "", "", core.NewError(core.CodeInvalidRequest, fmt.Sprintf("%s may have up to %d of A-Z a-z 0-9 . _ -", name, maxIdentifier))
		}
	}
	return name, id, nil
}

func find(r *http.Request) (name, id string) {
	for _, name := range identifiers {
		if values := r.Header[name]; len(values) > 0 && values[0] != "" {
			return name, values[0]
		}
	}
	if !strings.Contains(r.URL.RawQuery, "Client-Identifier") {
		return "", ""
	}
	query := r.URL.Query()
	for _, name := range identifiers {
		if id := query.Get(name); id != "" {
			return name, id
		}
	}
	return "", ""
}

// OriginAllowed says whether a browser's Origin may open a WebSocket: it has none, it is the
// host that was asked (over https where that was asked), or one of the allowed origins.
func (f *Finder) OriginAllowed(r *http.Request) bool { return f.origin(r, f.origins) }

// OriginTrusted says whether pages of a browser's Origin may use the credentials that the browser
// adds by itself: as OriginAllowed, but "*" allows nobody.
func (f *Finder) OriginTrusted(r *http.Request) bool { return f.origin(r, f.origins.Named()) }

func (f *Finder) origin(r *http.Request, allowed Origins) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || allowed.Allow(origin) {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	asked := f.asked(r)
	// A page that was not encrypted is another's as soon as somebody is on its way.
	return strings.EqualFold(u.Host, asked.host) && (asked.scheme != "https" || u.Scheme == "https")
}
