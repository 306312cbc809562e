package routes

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// chooser picks the entrypoint of a request among those that share a method and path; nil ones
// are not there. plain is http-get, http-post or a page.
type chooser struct {
	websocket, sse, plain echo.HandlerFunc
}

// serve hands the request to its entrypoint: WebSocket by Upgrade, SSE by Accept, else the
// plain one. Without a plain one SSE serves everybody who does not rule it out.
func (ch chooser) serve(c echo.Context) error {
	r := c.Request()
	if ch.websocket != nil && wantsUpgrade(r) {
		return ch.websocket(c)
	}
	accept := r.Header.Values("Accept")
	switch {
	case ch.sse != nil && accepts(accept, "text/event-stream"):
		return ch.sse(c)
	case ch.plain != nil:
		return ch.plain(c)
	case ch.sse != nil && (len(accept) == 0 || accepts(accept, "text/*") || accepts(accept, "*/*")):
		return ch.sse(c)
	case ch.sse != nil:
		return core.NewError(core.CodeNotAcceptable, "this resource is text/event-stream")
	default:
		return ch.websocket(c) // which answers that an upgrade is required
	}
}

// wantsUpgrade says whether a request asks for a WebSocket (RFC 6455 section 4.2.1).
func wantsUpgrade(r *http.Request) bool {
	return listed(r.Header.Values("Connection"), "upgrade") && listed(r.Header.Values("Upgrade"), "websocket")
}

func listed(values []string, token string) bool {
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}

// accepts says whether an Accept header names a media range, with a quality that is not zero
// (RFC 9110 section 12.5.1).
func accepts(values []string, mediaRange string) bool {
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			name, params, _ := strings.Cut(part, ";")
			if strings.EqualFold(strings.TrimSpace(name), mediaRange) && !zero(params) {
				return true
			}
		}
	}
	return false
}

func zero(params string) bool {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return err == nil && q == 0
		}
	}
	return false
}
