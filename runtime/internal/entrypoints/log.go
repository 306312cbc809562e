package entrypoints

import (
	"context"
	"log/slog"

	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// LogFailure writes a line about a failure that no status told of: what a client was doing, and
// why it ended. It is called for every client; while Kafka is away not every call is a line.
func (h *Host) LogFailure(ctx context.Context, what string, op *Operation, cause error) {
	e := web.Of(cause)
	level, skipped, due := h.failures.Due(e.Code)
	if !due {
		return
	}
	h.Log.LogAttrs(ctx, level, what, slog.String("api", op.API), slog.String("operation", op.Name), slog.String("code", string(e.Code)),
		slog.Any("error", cause), slog.Int("not_logged", skipped))
}
