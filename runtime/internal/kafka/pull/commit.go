package pull

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

// commit commits as a simple consumer. Kafka refuses it while the group has live members.
func (p *Pulls) commit(ctx context.Context, group string, topics []cluster.TopicCommit) error {
	err := p.cluster.Commit(ctx, group, topics)
	if errors.Is(err, kerr.UnknownMemberID) || errors.Is(err, kerr.IllegalGeneration) ||
		errors.Is(err, kerr.RebalanceInProgress) || errors.Is(err, kerr.StaleMemberEpoch) {
		return inUse(err)
	}
	return cluster.Classify("commit", err)
}
