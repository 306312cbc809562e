package runtime

import (
	"context"
	"errors"
	"log/slog"

	"github.com/penstock-dev/penstock/runtime/internal/compile"
	"github.com/penstock-dev/penstock/runtime/internal/metrics"
)

// kafkaSide is everything below the seam: readers and writers of all clusters.
type kafkaSide interface {
	compile.Clients
	Stats() metrics.Kafka
	Close(ctx context.Context) error
}

func newKafka(Config, *slog.Logger) (kafkaSide, error) {
	return nil, errors.New("the Kafka side is not linked")
}
