package runtime

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/caller"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// observe gives each request an id, turns panics into errors, and writes a line per request at
// debug level.
func (gw *Gateway) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderXRequestID, exchange.RequestID(c.Request()))
		if gw.log.Enabled(c.Request().Context(), slog.LevelDebug) {
			return gw.logged(c, next)
		}
		return gw.recovered(c, next)
	}
}

// logged is apart from observe, as liftReadDeadline is from counted: what a log line needs on the
// stack would be held by every open stream, and twice as large stacks with it.
func (gw *Gateway) logged(c echo.Context, next echo.HandlerFunc) error {
	start := time.Now()
	if err := gw.recovered(c, next); err != nil {
		c.Error(err) // now, so that the line has the status
	}
	gw.log.DebugContext(c.Request().Context(), "request",
		"method", c.Request().Method, "path", c.Request().URL.Path, "status", c.Response().Status,
		"bytes", c.Response().Size, "duration", time.Since(start), "remote", c.RealIP(),
		"request_id", c.Response().Header().Get(echo.HeaderXRequestID), web.Subject(c.Request().Context()))
	return nil
}

// recovered turns a panic below it into an error, but the one that is meant to abort the answer.
func (gw *Gateway) recovered(c echo.Context, next echo.HandlerFunc) (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if aborted, ok := v.(error); ok && errors.Is(aborted, http.ErrAbortHandler) {
			panic(v) //nolint:forbidigo // net/http asks for this very panic
		}
		err = core.Wrap(core.CodeInternal, "serve", fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
	}()
	return next(c)
}

// crossOrigin answers browsers of other origins. Methods of a preflight are those of the route.
func crossOrigin(cfg config.CORS) echo.MiddlewareFunc {
	origins := caller.Origins(cfg.AllowOrigins)
	return middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOriginFunc: func(origin string) (bool, error) { return origins.Allow(origin), nil },
		AllowHeaders:    cfg.AllowHeaders,
		ExposeHeaders:   []string{echo.HeaderXRequestID, echo.HeaderRetryAfter, echo.HeaderAllow, echo.HeaderWWWAuthenticate, "X-Client-Identifier"},
		MaxAge:          int(cfg.MaxAge.Seconds()),
	})
}

// counted wraps the handler of an entrypoint: streams are free of the read deadline, and each
// answer is counted with its status.
func (gw *Gateway) counted(op *entrypoints.Operation, kind endpoint.Kind, next echo.HandlerFunc) echo.HandlerFunc {
	stream := kind == endpoint.SSE || kind == endpoint.WebSocket
	gw.metrics.Add(op, kind)
	requests := gw.metrics.Requests(op, kind, !stream)
	return func(c echo.Context) error {
		start := time.Now()
		if kind != endpoint.HTTPPost { // it waits longer than it reads, and has no body
			gw.liftReadDeadline(c)
		}
		if err := gw.recovered(c, next); err != nil {
			c.Error(err)
		}
		requests.Done(c.Response().Status, time.Since(start))
		return nil
	}
}

func (gw *Gateway) liftReadDeadline(c echo.Context) {
	if err := http.NewResponseController(c.Response().Writer).SetReadDeadline(time.Time{}); err != nil {
		gw.log.DebugContext(c.Request().Context(), "read deadline not lifted", "error", err)
	}
}
