package entrypoints

import (
	"time"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// Enter finds out what a request is: its caller, its path parameters and the attributes that
// middleware has set. Errors are *core.Error: 400, 401 and 403.
func (h *Host) Enter(c echo.Context, op *Operation, kind endpoint.Kind) (*exchange.Exchange, error) {
	r := c.Request()
	params, err := Params(c)
	if err != nil {
		return nil, err
	}
	caller, err := h.Caller(r)
	if err != nil {
		return nil, err
	}
	x := &exchange.Exchange{
		Kind: kind, Request: r, Params: params, Caller: caller, Received: time.Now(),
		ID: c.Response().Header().Get(echo.HeaderXRequestID),
	}
	if known := exchange.From(r.Context()); known != nil {
		x.Attributes = &known.Attributes
	} else {
		x.Attributes = &core.Attributes{}
	}
	if op.Authorize != nil {
		if err := op.Authorize(x); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// Admit enters a request that asks for a stream and takes a place for it. leave gives the place
// back. Errors are *core.Error: 400, 401, 403, 429 and 503.
func (h *Host) Admit(c echo.Context, op *Operation, kind endpoint.Kind) (x *exchange.Exchange, leave func(), err error) {
	x, err = h.Enter(c, op, kind)
	if err != nil {
		return nil, nil, err
	}
	release, err := h.Stream(x.Caller)
	if err != nil {
		return nil, nil, err
	}
	echoClient(c.Response().Header(), c.Request(), x.Caller)
	h.Metrics.StreamOpened(op, kind)
	return x, func() {
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
