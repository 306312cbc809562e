package sse

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// mostGaps is how often the oldest cursor may in turn have gone before the stream is given up:
// records are then deleted faster than anybody can read them.
const mostGaps = 3

// gap tells a client that records between two cursors are lost to it.
type gap struct{ requested, oldest string }

// open opens the stream. A cursor below the log opens it at the oldest record, with a gap that
// the client is told of; gap is nil otherwise.
func (h *handler) open(ctx context.Context, x *exchange.Exchange, r qos.Reading) (*entrypoints.Opened, *gap, error) {
	requested := r.Cursor
	var found *gap
	for range mostGaps {
		stream, err := h.op.Subscribe.Open(ctx, x, r)
		var gone *core.Error
		if !errors.As(err, &gone) || gone.Code != core.CodeCursorGone || gone.Oldest == "" {
			return stream, found, err
		}
		found = &gap{requested, gone.Oldest}
		r.Cursor = gone.Oldest
	}
	return nil, nil, core.Wrap(core.CodeReadTimeout, "open stream", errors.New("the oldest record is gone each time"))
}

// transient reports whether a failure may be over soon. An EventSource connects again after a
// stream that ends, but never after a status other than 200.
func transient(err error) bool {
	if err == nil {
		return false
	}
	status := web.Of(err).Code.Status()
	return status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// clientLeft reports whether a failure is only that the client left while the stream opened.
func clientLeft(r *http.Request, err error) bool {
	return errors.Is(err, context.Canceled) && r.Context().Err() != nil
}

// refuse answers with a stream that only says what is wrong.
func (h *handler) refuse(c echo.Context, cause error) error {
	s := newSession(h, c, nil)
	s.begin()
	s.farewell(c.Request().Context(), cause)
	return nil
}
