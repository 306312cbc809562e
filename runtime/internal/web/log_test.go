package web

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// TestSubjectIsAFingerprint: no log says who called, only whether two callers are the same.
func TestSubjectIsAFingerprint(t *testing.T) {
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	known := &exchange.Known{Identity: exchange.Identity{Subject: "ann"}}
	logger.LogAttrs(t.Context(), slog.LevelInfo, "a", Subject(exchange.With(t.Context(), known)))
	logger.LogAttrs(t.Context(), slog.LevelInfo, "b", Subject(exchange.With(t.Context(), &exchange.Known{})))
	logger.LogAttrs(t.Context(), slog.LevelInfo, "c", Subject(t.Context()))
	const want = "level=INFO msg=a subject=49915e0d7d4b402e\nlevel=INFO msg=b\nlevel=INFO msg=c\n"
	if log.String() != want {
		t.Errorf("got\n%swant\n%s", log.String(), want)
	}
}

// TestRequestsCannotFillTheLog: of two failures that clients cause at once, one is a line.
func TestRequestsCannotFillTheLog(t *testing.T) {
	var s Sampler
	for _, c := range []struct {
		code  core.Code
		level slog.Level
		lines int
	}{
		{core.CodeInternal, slog.LevelError, 2},
		{core.CodeConfigurationInvalid, slog.LevelError, 1},
		{core.CodeBrokerUnavailable, slog.LevelWarn, 1},
	} {
		lines := 0
		start := time.Now()
		for range 2 {
			level, _, due := s.Due(c.code)
			if level != c.level {
				t.Errorf("%s: level %s, want %s", c.code, level, c.level)
			}
			if due {
				lines++
			}
		}
		if lines != c.lines && time.Since(start) < logEvery {
			t.Errorf("%s: %d lines, want %d", c.code, lines, c.lines)
		}
	}
}
