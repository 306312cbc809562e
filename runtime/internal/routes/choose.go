package routes

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// chooser picks the entrypoint of a request among those that share a method and path; nil ones
// are not there. plain is http-get, http-post or a page.
type chooser struct {
	websocket, sse, plain echo.HandlerFunc
}

// serve hands the request to its entrypoint: WebSocket by Upgrade, SSE by Accept, else the
// plain one. Where there is no plain one, the entrypoint says itself what it needs.
func (ch chooser) serve(c echo.Context) error {
	r := c.Request()
	switch {
	case ch.websocket != nil && wantsUpgrade(r):
		return ch.websocket(c)
	case ch.sse != nil && ch.plain != nil:
		return ch.streamOrPage(c)
	case ch.sse != nil:
		return ch.sse(c)
	case ch.plain != nil:
		return ch.plain(c)
	default:
		return ch.websocket(c)
	}
}

// streamOrPage tells sse and http-get apart.
func (ch chooser) streamOrPage(c echo.Context) error {
	stream, err := web.WantsEventStream(c.Request().Header)
	switch {
	case err != nil:
		return err
	case stream:
		return ch.sse(c)
	}
	return ch.plain(c)
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
