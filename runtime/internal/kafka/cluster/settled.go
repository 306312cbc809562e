package cluster

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
)

const (
	settledWait  = 5 * time.Second
	settledPause = 100 * time.Millisecond
)

// SettledOffsets is Offsets, asked again while a partition has no leader, or one that the broker
// does not know yet: among hundreds of topics one is often new, or moves. It goes on until 5 s have
// passed or ctx ends. Errors are core.Errors.
func (c *Cluster) SettledOffsets(ctx context.Context, names ...string) (map[string]*Topic, error) {
	over := time.Now().Add(settledWait)
	for {
		topics, err := c.Offsets(ctx, names...)
		var answer *kerr.Error
		if err == nil || !errors.As(err, &answer) || !answer.Retriable || time.Now().After(over) {
			return topics, err
		}
		select {
		case <-time.After(settledPause):
		case <-ctx.Done():
			return nil, err
		}
	}
}
