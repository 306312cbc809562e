package cluster

import (
	"context"
	"log/slog"

	"github.com/twmb/franz-go/pkg/kgo"
)

// clientLog writes the library's log. It repeats itself while a broker is away, so only its
// errors are shown; the rest is for debugging. The cluster's own changes of state are logged
// by health.
type clientLog struct{ log *slog.Logger }

// Level says what the library need not format at all.
func (l clientLog) Level() kgo.LogLevel {
	if l.log.Enabled(context.Background(), slog.LevelDebug) {
		return kgo.LogLevelInfo
	}
	return kgo.LogLevelError
}

// Log writes one line.
func (l clientLog) Log(level kgo.LogLevel, msg string, keyvals ...any) {
	at := slog.LevelDebug
	if level == kgo.LogLevelError {
		at = slog.LevelWarn
	}
	l.log.Log(context.Background(), at, msg, keyvals...)
}
