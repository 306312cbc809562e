package member

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

// commitTimeout bounds one commit.
const commitTimeout = 2 * time.Second

// tick commits regularly, and ends the connections when Kafka is away for long.
func (m *member) tick() {
	ticker := time.NewTicker(m.groups.cfg.CommitInterval)
	defer ticker.Stop()
	for {
		select {
		case <-m.stop.Done():
			return
		case <-ticker.C:
		}
		if err := m.groups.cluster.Refusing(); err != nil {
			if time.Since(m.groups.cluster.State().Since) < m.groups.cfg.Unreachable {
				continue
			}
			m.fail(err)
			return
		}
		ctx, cancel := context.WithTimeout(m.stop, commitTimeout)
		if err := m.commit(ctx, m.all()); err != nil && m.stop.Err() == nil {
			m.log.Warn("commit failed, to be repeated", "error", err)
		}
		cancel()
	}
}

// commit commits the frontiers of partitions where they moved. A start without a committed offset
// is committed too, so that the group goes on from there. Commits are made one at a time: a later
// frontier is never overwritten by an earlier one.
func (m *member) commit(ctx context.Context, parts []*partition) error {
	select {
	case <-m.commits:
	case <-ctx.Done():
		return cluster.Classify("commit", ctx.Err())
	}
	defer func() { m.commits <- struct{}{} }()
	offsets := m.frontiers(parts)
	if len(offsets) == 0 {
		return nil
	}
	var failed error
	m.client.CommitOffsetsSync(ctx, offsets,
		func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, resp *kmsg.OffsetCommitResponse, err error) {
			failed = err
			if err == nil {
				failed = m.committed(offsets, resp)
			}
		})
	return cluster.Classify("commit", failed)
}

func (m *member) frontiers(parts []*partition) map[string]map[int32]kgo.EpochOffset {
	m.mu.Lock()
	defer m.mu.Unlock()
	offsets := make(map[string]map[int32]kgo.EpochOffset)
	for _, p := range parts {
		if p.gone || p.frontier < 0 || p.frontier == p.committed {
			continue
		}
		if offsets[p.topic] == nil {
			offsets[p.topic] = make(map[int32]kgo.EpochOffset)
		}
		offsets[p.topic][p.id] = kgo.EpochOffset{Epoch: -1, Offset: p.frontier}
	}
	return offsets
}

// committed takes the answer to a commit.
func (m *member) committed(offsets map[string]map[int32]kgo.EpochOffset, resp *kmsg.OffsetCommitResponse) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var failed error
	for i := range resp.Topics {
		t := &resp.Topics[i]
		for _, rp := range t.Partitions {
			if err := kerr.ErrorForCode(rp.ErrorCode); err != nil {
				failed = err
				continue
			}
			if p := m.parts[place{t.Topic, rp.Partition}]; p != nil {
				p.committed = offsets[t.Topic][rp.Partition].Offset
			}
		}
	}
	return failed
}
