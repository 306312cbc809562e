package runtime

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/penstock-dev/penstock/runtime/internal/config"
)

// newLogger makes the logger of the configuration, to standard error: text on a terminal, else
// JSON, unless the configuration says which.
func newLogger(cfg config.Log, out *os.File) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		return nil, fmt.Errorf("log.level: %w", err)
	}
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
