package web

import (
	"log/slog"
	"strings"
	"testing"

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
