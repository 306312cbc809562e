package entrypoints

import (
	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Admit finds out who asks for a stream and takes a place for it. leave gives the place back.
// Errors are *core.Error: 400, 401, 403, 429 and 503.
func (h *Host) Admit(c echo.Context, op *Operation, kind endpoint.Kind) (caller Caller, leave func(), err error) {
	caller, err = h.Caller(c.Request())
	if err != nil {
		return Caller{}, nil, err
	}
	release, err := h.Stream(caller)
	if err != nil {
		return Caller{}, nil, err
	}
	echoClient(c.Response().Header(), c.Request(), caller)
	h.Metrics.StreamOpened(op, kind)
	return caller, func() {
		h.Metrics.StreamClosed(op, kind)
		release()
	}, nil
}

// IsDraining reports whether the gateway asks its streams to go away.
func (h *Host) IsDraining() bool {
	select {
	case <-h.Draining:
		return true
	default:
		return false
	}
}
