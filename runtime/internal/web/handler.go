package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// statusClientGone is what counters and logs see of a request whose client went away before
// the answer. Nobody reads it.
const statusClientGone = 499

// defaultRetry is Retry-After, in seconds, where an error of status 429 or 503 names none. The
// gate of a broker that is away looks again each second.
const defaultRetry = 1

// ErrorHandler is Echo's error handler: it answers with a problem (RFC 9457) and logs what is
// the gateway's fault, with its cause. An answer that has begun is left as it is; the answer to
// HEAD has no body.
func ErrorHandler(logger *slog.Logger) echo.HTTPErrorHandler {
	failures := &Sampler{}
	return func(err error, c echo.Context) {
		r := c.Request()
		if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
			if !c.Response().Committed {
				c.Response().WriteHeader(statusClientGone)
			}
			return
		}
		e := Of(err)
		if e.Code == core.CodeMethodNotAllowed {
			e = withMethods(e, c.Response().Header().Get(echo.HeaderAllow))
		}
		code := status(err, e)
		if code >= http.StatusInternalServerError {
			logFailure(logger, failures, c, e, err, code)
		}
		if c.Response().Committed {
			return
		}
		if err := writeProblem(c, e, code); err != nil {
			logger.DebugContext(r.Context(), "problem not written", "error", err)
		}
	}
}

func writeProblem(c echo.Context, e *core.Error, code int) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, ProblemType)
	h.Set(echo.HeaderCacheControl, "no-store")
	if seconds := RetryAfter(e, code); seconds > 0 {
		h.Set(echo.HeaderRetryAfter, strconv.Itoa(seconds))
	}
	if c.Request().Method == http.MethodHead {
		c.Response().WriteHeader(code)
		return nil
	}
	body := append(make([]byte, 0, 512), `{"type":"about:blank",`...)
	body = append(AppendMembers(body, e, code, c.Request().URL.EscapedPath()), '}')
	c.Response().WriteHeader(code)
	_, err := c.Response().Write(body)
	return err
}

// RetryAfter is how many seconds a client should wait before it tries again; 0: nothing is said.
func RetryAfter(e *core.Error, code int) int {
	if e.RetryAfter > 0 {
		return e.RetryAfter
	}
	if code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable {
		return defaultRetry
	}
	return 0
}
