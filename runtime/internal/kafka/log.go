package kafka

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// What clients could fill the log with: dynamic clusters, which requests make, and group members,
// each of which notices when Kafka goes away.
const (
	logWindow = 10 * time.Second
	logLines  = 50 // in a window, at level info and above
)

// sparingLog passes a bounded number of lines in each window, and says in the next how many it
// left out. Loggers derived from one count together. Safe for concurrent use.
type sparingLog struct {
	slog.Handler
	count *lineCount
}

type lineCount struct {
	mu      sync.Mutex
	began   time.Time
	lines   int
	leftOut int
}

func newSparingLog(to *slog.Logger) *slog.Logger {
	return slog.New(sparingLog{to.Handler(), &lineCount{}})
}

// pass says whether a line is written, and how many were not in the last window.
func (c *lineCount) pass(now time.Time) (ok bool, leftOut int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.began) >= logWindow {
		leftOut = c.leftOut
		c.began, c.lines, c.leftOut = now, 0, 0
	}
	if c.lines >= logLines {
		c.leftOut++
		return false, 0
	}
	c.lines++
	return true, leftOut
}

// Handle implements slog.Handler.
func (h sparingLog) Handle(ctx context.Context, line slog.Record) error {
	if line.Level < slog.LevelInfo {
		return h.Handler.Handle(ctx, line)
	}
	ok, leftOut := h.count.pass(line.Time)
	if !ok {
		return nil
	}
	if leftOut > 0 {
		line = line.Clone()
		line.AddAttrs(slog.Int("leftOut", leftOut))
	}
	return h.Handler.Handle(ctx, line)
}

// WithAttrs implements slog.Handler.
func (h sparingLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return sparingLog{h.Handler.WithAttrs(attrs), h.count}
}

// WithGroup implements slog.Handler.
func (h sparingLog) WithGroup(name string) slog.Handler {
	return sparingLog{h.Handler.WithGroup(name), h.count}
}
