package websocket

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// checkHandshake checks what RFC 6455, section 4.2.1, asks of an opening handshake, so that a
// failure is a problem like any other.
func checkHandshake(c echo.Context) error {
	r := c.Request()
	if r.ProtoMajor != 1 || !hasToken(r.Header, "Connection", "upgrade") || !hasToken(r.Header, "Upgrade", "websocket") {
		if r.ProtoMajor == 1 { // HTTP/2 forbids both, and its clients drop such an answer (RFC 9113 section 8.2.2)
			c.Response().Header().Set("Connection", "Upgrade")
			c.Response().Header().Set("Upgrade", "websocket")
		}
		return core.NewError(core.CodeUpgradeRequired, "this path serves a WebSocket, over HTTP/1.1")
	}
	if r.Header.Get("Sec-WebSocket-Version") != "13" {
		c.Response().Header().Set("Sec-WebSocket-Version", "13")
		return core.NewError(core.CodeInvalidRequest, "Sec-WebSocket-Version must be 13")
	}
	keys := r.Header.Values("Sec-WebSocket-Key")
	if len(keys) != 1 {
		return core.NewError(core.CodeInvalidRequest, "Sec-WebSocket-Key must be there once")
	}
	if key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(keys[0])); err != nil || len(key) != 16 {
		return core.NewError(core.CodeInvalidRequest, "Sec-WebSocket-Key must be 16 bytes as base64")
	}
	return nil
}

// hasToken reports whether a list header has a token, in any case.
func hasToken(h http.Header, name, token string) bool {
	for _, value := range h.Values(name) {
		for element := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(element), token) {
				return true
			}
		}
	}
	return false
}
