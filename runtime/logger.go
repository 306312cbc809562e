package runtime

import (
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/penstock-dev/penstock/runtime/internal/config"
)

// newLogger makes the logger of the configuration, to standard error: text on a terminal, else
// JSON, unless the configuration says which. Lines that cannot be written are lost: a full disk or
// a reader that has gone is no reason to stop serving.
func newLogger(cfg config.Log, out *os.File) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		return nil, fmt.Errorf("log.level: %w", err)
	}
	signal.Ignore(syscall.SIGPIPE) // else Go ends a process whose standard error nobody reads
	opts := &slog.HandlerOptions{Level: level}
	if cfg.Format == "text" || cfg.Format == "" && terminal(out) {
		return slog.New(slog.NewTextHandler(out, opts)), nil
	}
	return slog.New(slog.NewJSONHandler(out, opts)), nil
}

func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
