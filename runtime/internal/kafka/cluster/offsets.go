package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"golang.org/x/sync/errgroup"
)

// Timestamps of a ListOffsets request that mean a position.
const (
	atEnd   = -1
	atStart = -2
)

// Topic is one topic that exists.
type Topic struct {
	ID         [16]byte // differs when a topic was deleted and made again
	Partitions []Partition
}

// Partition holds the ends of one partition; Topic.Partitions is ordered by its number.
type Partition struct {
	Start  int64 // of the log: the oldest offset that can be read
	Stable int64 // last stable offset: everything below it is committed or aborted
	End    int64 // high watermark
}

// Topics asks a broker for topics and their number of partitions. A topic that does not exist
// is not in the answer; offsets are zero. Errors are core.Errors.
func (c *Cluster) Topics(ctx context.Context, names ...string) (map[string]*Topic, error) {
	client, err := c.adminClient()
	if err != nil {
		return nil, err
	}
	req := kmsg.NewPtrMetadataRequest()
	req.AllowAutoTopicCreation = false
	req.Topics = []kmsg.MetadataRequestTopic{}
	for _, name := range names {
		t := kmsg.NewMetadataRequestTopic()
		t.Topic = kmsg.StringPtr(name)
		req.Topics = append(req.Topics, t)
	}
	resp, err := ask(ctx, c, func() (*kmsg.MetadataResponse, error) { return req.RequestWith(ctx, client) })
	if err != nil {
		return nil, Classify("list topics", err)
	}
	topics := make(map[string]*Topic, len(names))
	for i := range resp.Topics {
		t := &resp.Topics[i]
		err := kerr.ErrorForCode(t.ErrorCode)
		switch {
		case errors.Is(err, kerr.UnknownTopicOrPartition), errors.Is(err, kerr.InvalidTopicException):
			continue
		case err != nil:
			return nil, Classify("list topics", fmt.Errorf("topic %q: %w", *t.Topic, err))
		}
		topics[*t.Topic] = &Topic{ID: t.TopicID, Partitions: make([]Partition, len(t.Partitions))}
	}
	return topics, nil
}

// Offsets gives topics with the ends of all their partitions. A topic that does not exist is
// not in the answer. The three ends are read one after the other, start first, so that
// Start ≤ Stable ≤ End holds but while records are deleted. Errors are core.Errors.
func (c *Cluster) Offsets(ctx context.Context, names ...string) (map[string]*Topic, error) {
	topics, err := c.Topics(ctx, names...)
	if err != nil || len(topics) == 0 {
		return topics, err
	}
	group, ctx := errgroup.WithContext(ctx)
	ask := func(timestamp int64, isolation int8, field func(*Partition) *int64) {
		group.Go(func() error {
			return c.listOffsets(ctx, topics, timestamp, isolation, field)
		})
	}
	ask(atStart, 0, func(p *Partition) *int64 { return &p.Start })
	ask(atEnd, 1, func(p *Partition) *int64 { return &p.Stable })
	ask(atEnd, 0, func(p *Partition) *int64 { return &p.End })
	if err := group.Wait(); err != nil {
		return nil, Classify("list offsets", err)
	}
	for _, t := range topics {
		for i := range t.Partitions {
			p := &t.Partitions[i]
			p.End = max(p.End, p.Stable) // asked at the same time: the later answer is right
			p.Start = min(p.Start, p.Stable)
		}
	}
	return topics, nil
}

// listOffsets fills one field of all partitions.
func (c *Cluster) listOffsets(ctx context.Context, topics map[string]*Topic, timestamp int64,
	isolation int8, field func(*Partition) *int64,
) error {
	client, err := c.adminClient()
	if err != nil {
		return err
	}
	req := kmsg.NewPtrListOffsetsRequest()
	req.ReplicaID = -1
	req.IsolationLevel = isolation
	for name, t := range topics {
		rt := kmsg.NewListOffsetsRequestTopic()
		rt.Topic = name
		for p := range t.Partitions {
			rp := kmsg.NewListOffsetsRequestTopicPartition()
			rp.Partition = int32(p)
			rp.Timestamp = timestamp
			rt.Partitions = append(rt.Partitions, rp)
		}
		req.Topics = append(req.Topics, rt)
	}
	slices.SortFunc(req.Topics, func(a, b kmsg.ListOffsetsRequestTopic) int {
		return strings.Compare(a.Topic, b.Topic)
	})
	resp, err := ask(ctx, c, func() (*kmsg.ListOffsetsResponse, error) { return req.RequestWith(ctx, client) })
	if err != nil {
		return err
	}
	for i := range resp.Topics {
		rt := &resp.Topics[i]
		for j := range rt.Partitions {
			rp := &rt.Partitions[j]
			if err := kerr.ErrorForCode(rp.ErrorCode); err != nil {
				return fmt.Errorf("topic %q partition %d: %w", rt.Topic, rp.Partition, err)
			}
			t := topics[rt.Topic]
			if t == nil || int(rp.Partition) >= len(t.Partitions) {
				continue
			}
			*field(&t.Partitions[rp.Partition]) = rp.Offset
		}
	}
	return nil
}
