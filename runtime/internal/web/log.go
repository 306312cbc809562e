package web

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// logEvery is how often failures of one code are logged. While Kafka is away every request
// fails, and a line for each would cost more than the requests.
const logEvery = time.Second

// Sampler says which failures are logged. Its zero value is ready; safe for concurrent use.
type Sampler struct {
	mu   sync.Mutex
	last map[core.Code]*sample
}

// sample is what was logged of one code.
type sample struct {
	at      time.Time
	skipped int
}

// Due reports whether a failure is to be logged now, at which level, and how many of its code
// were not since the last time. A fault of the gateway is an error, and always logged, but for
// configuration that a request made invalid: a client could fill the log with it. Anything else is
// a warning, logged once in a second.
func (s *Sampler) Due(code core.Code) (level slog.Level, skipped int, due bool) {
	level = slog.LevelWarn
	if code.Status() == http.StatusInternalServerError {
		level = slog.LevelError
		if code != core.CodeConfigurationInvalid {
			return level, 0, true
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	last := s.last[code]
	switch {
	case last == nil:
		if s.last == nil {
			s.last = make(map[core.Code]*sample)
		}
		s.last[code] = &sample{at: now}
		return level, 0, true
	case now.Sub(last.at) < logEvery:
		last.skipped++
		return level, 0, false
	}
	skipped = last.skipped
	last.at, last.skipped = now, 0
	return level, skipped, true
}

// logFailure writes a line with the cause that the client does not read.
func logFailure(logger *slog.Logger, s *Sampler, c echo.Context, e *core.Error, cause error, status int) {
	level, skipped, due := s.Due(e.Code)
	if !due {
		return
	}
	logger.LogAttrs(c.Request().Context(), level, "request failed",
		slog.String("method", c.Request().Method), slog.String("path", c.Request().URL.Path),
		slog.Int("status", status), slog.String("code", string(e.Code)), slog.Any("error", cause),
		slog.String("request_id", c.Response().Header().Get(echo.HeaderXRequestID)), slog.Int("not_logged", skipped),
		Subject(c.Request().Context()))
}

// Subject is the attribute of a log line that says who called, by a fingerprint; no attribute for
// an anonymous caller.
func Subject(ctx context.Context) slog.Attr {
	known := exchange.From(ctx)
	if known == nil || known.Identity.Subject == "" {
		return slog.Attr{}
	}
	return slog.String("subject", known.Identity.Fingerprint())
}
