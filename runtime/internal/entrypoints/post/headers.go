package post

import (
	"net/http"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// withheld are the request headers that never become record headers: credentials, what belongs
// to one connection (RFC 9110, section 7.6.1) and what describes the request's own framing.
var withheld = map[string]bool{
	"Authorization": true, "Cookie": true, "Cookie2": true, "Set-Cookie": true,
	"X-Auth-Token": true, "X-Access-Token": true, "X-Csrf-Token": true, "X-Xsrf-Token": true,
	"X-Amz-Security-Token": true,
	"Connection":           true, "Keep-Alive": true, "Te": true, "Trailer": true, "Transfer-Encoding": true,
	"Upgrade": true, "Http2-Settings": true, "Expect": true, "Content-Length": true,
}

// messageHeaders copies the headers of a request that a record may have, sorted by name, each
// value a header of its own.
func messageHeaders(r *http.Request) []core.Header {
	h := r.Header
	var hop []string // named by Connection, so for this connection only
	for _, value := range h["Connection"] {
		for name := range strings.SplitSeq(value, ",") {
			hop = append(hop, http.CanonicalHeaderKey(strings.TrimSpace(name)))
		}
	}
	var credentials []string
	if known := exchange.From(r.Context()); known != nil {
		credentials = known.Credentials
	}
	headers := make([]core.Header, 0, len(h))
	for name, values := range h {
		if withheld[name] || secretName(name) || slices.Contains(hop, name) || slices.Contains(credentials, name) {
			continue
		}
		for _, value := range values {
			headers = append(headers, core.Header{Name: name, Value: []byte(value)})
		}
	}
	slices.SortStableFunc(headers, func(a, b core.Header) int { return strings.Compare(a.Name, b.Name) })
	return headers
}

// secretName recognises API keys and what is meant for proxies.
func secretName(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "proxy-") || strings.Contains(strings.ReplaceAll(name, "-", ""), "apikey")
}
