package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

const (
	coordinatorWait  = 5 * time.Second
	coordinatorPause = 100 * time.Millisecond
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
	var commits Commits
	err = coordinated(ctx, func() (err error) {
		commits.responses, err = ask(ctx, c, func() (kadm.OffsetResponses, error) { return admin.FetchOffsets(ctx, group) })
		if errors.Is(err, kerr.GroupIDNotFound) {
			return nil
		}
		return err
	})
	return commits, Classify("fetch commits", err)
}

// MissingTopic is the error for a topic that does not exist.
func MissingTopic(op, topic string) error {
	return &core.Error{Code: core.CodeTopicNotFound, Op: op, Detail: fmt.Sprintf("topic %q does not exist", topic)}
}

// TopicCommit is what to commit of one topic.
type TopicCommit struct {
	Topic   string
	ID      [16]byte
	Offsets map[int32]int64
}

// Commit commits offsets as a simple consumer, without being a member of the group. The error is
// the library's: what it means depends on the caller.
func (c *Cluster) Commit(ctx context.Context, group string, topics []TopicCommit) error {
	client, err := c.adminClient()
	if err != nil {
		return err
	}
	req := kmsg.NewPtrOffsetCommitRequest() // generation -1 and no member id: a simple consumer
	req.Group = group
	for _, t := range topics {
		rt := kmsg.NewOffsetCommitRequestTopic()
		rt.Topic, rt.TopicID = t.Topic, t.ID // which of the two is sent depends on the version
		for id, at := range t.Offsets {
			rp := kmsg.NewOffsetCommitRequestTopicPartition()
			rp.Partition, rp.Offset = id, at
			rt.Partitions = append(rt.Partitions, rp)
		}
		req.Topics = append(req.Topics, rt)
	}
	return coordinated(ctx, func() error {
		resp, err := ask(ctx, c, func() (*kmsg.OffsetCommitResponse, error) { return req.RequestWith(ctx, client) })
		if err != nil {
			return err
		}
		for _, rt := range resp.Topics {
			for _, rp := range rt.Partitions {
				if err := kerr.ErrorForCode(rp.ErrorCode); err != nil {
					return fmt.Errorf("commit partition %d: %w", rp.Partition, err)
				}
			}
		}
		return nil
	})
}

// Members counts the live members of a group. One that does not exist has none. Errors are
// core.Errors.
func (c *Cluster) Members(ctx context.Context, group string) (int, error) {
	admin, err := c.Admin()
	if err != nil {
		return 0, err
	}
	members := 0
	err = coordinated(ctx, func() error {
		groups, err := ask(ctx, c, func() (kadm.DescribedGroups, error) { return admin.DescribeGroups(ctx, group) })
		if err != nil {
			return err
		}
		g := groups[group]
		switch {
		case errors.Is(g.Err, kerr.GroupIDNotFound): // or not a classic one
			members, err = c.serverSideMembers(ctx, admin, group)
			return err
		case g.Err != nil:
			return g.Err
		case len(g.Members) == 0 && g.State != "Empty" && g.State != "Dead": // the embedded broker's answer for such a group
			members, err = c.serverSideMembers(ctx, admin, group)
			return err
		}
		members = len(g.Members)
		return nil
	})
	return members, Classify("describe group", err)
}

// serverSideMembers counts the live members of a group of KIP-848. Brokers older than that have
// no such group.
func (c *Cluster) serverSideMembers(ctx context.Context, admin *kadm.Client, group string) (int, error) {
	client, err := c.adminClient()
	if err != nil {
		return 0, err
	}
	can, err := ask(ctx, c, func() (*kmsg.ApiVersionsResponse, error) {
		return kmsg.NewPtrApiVersionsRequest().RequestWith(ctx, client)
	})
	if err != nil || !slices.ContainsFunc(can.ApiKeys, func(k kmsg.ApiVersionsResponseApiKey) bool {
		return k.ApiKey == int16(kmsg.ConsumerGroupDescribe)
	}) {
		return 0, err
	}
	groups, err := ask(ctx, c, func() (kadm.DescribedConsumerGroups, error) { return admin.DescribeConsumerGroups(ctx, group) })
	if err != nil {
		return 0, err
	}
	g := groups[group]
	if g.Err != nil && !errors.Is(g.Err, kerr.GroupIDNotFound) {
		return 0, g.Err
	}
	return len(g.Members), nil
}

// coordinated repeats a request while its group has no coordinator: on a broker that has never
// seen a group that takes a moment. It goes on until coordinatorWait has passed or ctx ended.
func coordinated(ctx context.Context, request func() error) error {
	over := time.Now().Add(coordinatorWait)
	for {
		err := request()
		waiting := errors.Is(err, kerr.CoordinatorNotAvailable) || errors.Is(err, kerr.NotCoordinator) ||
			errors.Is(err, kerr.CoordinatorLoadInProgress)
		if !waiting || time.Now().After(over) {
			return err
		}
		select {
		case <-time.After(coordinatorPause):
		case <-ctx.Done():
			return err
		}
	}
}
