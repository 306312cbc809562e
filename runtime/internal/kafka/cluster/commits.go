package cluster

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// Commits are the committed offsets of a group.
type Commits struct{ responses kadm.OffsetResponses }

// At is the committed offset of a partition; false: there is none.
func (c Commits) At(topic string, partition int32) (int64, bool) {
	o, ok := c.responses.Lookup(topic, partition)
	return o.At, ok && o.Err == nil && o.At >= 0
}

// Committed asks for all committed offsets of a group. A group that does not exist has none.
// Errors are core.Errors.
func (c *Cluster) Committed(ctx context.Context, group string) (Commits, error) {
	admin, err := c.Admin()
	if err != nil {
		return Commits{}, err
	}
	responses, err := admin.FetchOffsets(ctx, group)
	if errors.Is(err, kerr.GroupIDNotFound) {
		return Commits{}, nil
	}
	return Commits{responses}, Classify("fetch commits", err)
}

// MissingTopic is the error for a topic that does not exist.
func MissingTopic(op string) error {
	return &core.Error{Code: core.CodeTopicNotFound, Op: op, Detail: detailTopic}
}

// Commit commits offsets as a simple consumer, without being a member of the group. The error is
// the library's: what it means depends on the caller.
func (c *Cluster) Commit(ctx context.Context, group string, offsets map[string]map[int32]int64) error {
	admin, err := c.Admin()
	if err != nil {
		return err
	}
	var commit kadm.Offsets
	for topic, partitions := range offsets {
		for id, at := range partitions {
			commit.AddOffset(topic, id, at, -1)
		}
	}
	responses, err := admin.CommitOffsets(ctx, group, commit)
	if err != nil {
		return err
	}
	return responses.Error()
}

// Members counts the live members of a group. One that does not exist has none. Errors are
// core.Errors.
func (c *Cluster) Members(ctx context.Context, group string) (int, error) {
	admin, err := c.Admin()
	if err != nil {
		return 0, err
	}
	groups, err := admin.DescribeGroups(ctx, group)
	if err != nil {
		return 0, Classify("describe group", err)
	}
	g := groups[group]
	if g.Err != nil && !errors.Is(g.Err, kerr.GroupIDNotFound) {
		return 0, Classify("describe group", g.Err)
	}
	return len(g.Members), nil
}
