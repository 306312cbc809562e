package auth

import (
	"net/http"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// sameSite refuses a request whose credentials a browser may have added for another site
// (cross-site request forgery).
//
// An Origin must be the gateway's own or one that is allowed by name. Without one the browser says in
// Sec-Fetch-Site who asked. A request in a cookie's name that changes something needs the Origin:
// every browser sends it then.
func sameSite(r request, found proof) error {
	if !found.ambient {
		return nil
	}
	switch {
	case r.Header.Get("Origin") != "":
		if r.gate.options.OriginTrusted(r.Request) {
			return nil
		}
		return core.NewError(core.CodeNotAllowed, "the Origin may not use these credentials")
	case crossSite(r.Header.Get("Sec-Fetch-Site")):
		return core.NewError(core.CodeNotAllowed, "another site may not use these credentials")
	case found.cookie && !safe(r.Method):
		return core.NewError(core.CodeNotAllowed, "a request with credentials in a cookie needs an Origin")
	}
	return nil
}

// crossSite says whether a Sec-Fetch-Site names another origin than the gateway's.
func crossSite(site string) bool { return site == "cross-site" || site == "same-site" }

// safe says whether a method changes nothing (RFC 9110 section 9.2.1).
func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}
