package kafka

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestLogOfDynamicClustersIsBounded(t *testing.T) {
	var text strings.Builder
	logger := newSparingLog(slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug})))
	for i := range 2 * logLines {
		logger.With("endpoint", i).WithGroup("g").Warn("warned")
		logger.Debug("debugged")
	}
	if got := strings.Count(text.String(), "msg=warned"); got != logLines {
		t.Errorf("%d warnings, want %d", got, logLines)
	}
	if got := strings.Count(text.String(), "msg=debugged"); got != 2*logLines {
		t.Errorf("%d lines for debugging, want all %d", got, 2*logLines)
	}
	h := logger.Handler().(sparingLog)
	next := slog.NewRecord(time.Now().Add(logWindow), slog.LevelWarn, "next", 0)
	text.Reset()
	for range 2 {
		if err := h.Handle(t.Context(), next); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := strings.Count(text.String(), fmt.Sprintf("leftOut=%d", logLines)), 1; got != want {
		t.Errorf("the next window says %d times what was left out, want %d:\n%s", got, want, text.String())
	}
}
