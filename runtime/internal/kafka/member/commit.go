package member

import (
	"context"
	"errors"
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
	refused, err := m.send(ctx, offsets)
	if err != nil {
		if !errors.Is(err, errNotSent) && m.endsIfUnknown() {
			m.fail(cluster.Classify("commit", err))
		}
		return cluster.Classify("commit", err)
	}
	return cluster.Classify("commit", m.committed(offsets, refused))
}

// endsIfUnknown reports whether a commit that may still be on its way ends the member: at
// at-most-once it could take a later one back.
func (m *member) endsIfUnknown() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.strict()
}

// send makes one commit request. It tells which partitions were certainly refused; after an
// error the outcome is unknown, but for errNotSent.
func (m *member) send(ctx context.Context, offsets map[string]map[int32]kgo.EpochOffset) (refused map[place]error, err error) {
	m.client.CommitOffsetsSync(ctx, offsets,
		func(_ *kgo.Client, req *kmsg.OffsetCommitRequest, resp *kmsg.OffsetCommitResponse, failed error) {
			switch {
			case failed != nil && len(req.Topics) == 0:
				err = errNotSent
			case failed != nil:
				err = failed
			default:
				refused, err = answers(req, resp)
			}
		})
	return refused, err
}

// answers reads the answer to a commit, which names topics by id since version 10 (KIP-848).
func answers(req *kmsg.OffsetCommitRequest, resp *kmsg.OffsetCommitResponse) (refused map[place]error, unknown error) {
	names := make(map[[16]byte]string, len(req.Topics))
	for i := range req.Topics {
		names[req.Topics[i].TopicID] = req.Topics[i].Topic
	}
	for i := range resp.Topics {
		t := &resp.Topics[i]
		name := t.Topic
		if name == "" {
			name = names[t.TopicID]
		}
		for _, p := range t.Partitions {
			err := kerr.ErrorForCode(p.ErrorCode)
			switch {
			case err == nil:
			case definite(err):
				if refused == nil {
					refused = make(map[place]error)
				}
				refused[place{name, p.Partition}] = err
			default:
				unknown = err
			}
		}
	}
	return refused, unknown
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

// unknown reports that a topic does not exist.
func unknown(err error) bool {
	return errors.Is(err, kerr.UnknownTopicOrPartition) || errors.Is(err, kerr.UnknownTopicID)
}

// committed notes what was committed.
func (m *member) committed(offsets map[string]map[int32]kgo.EpochOffset, refused map[place]error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var failed error
	for topic, partitions := range offsets {
		for id, o := range partitions {
			key := place{topic, id}
			if err := refused[key]; err != nil {
				if m.reading.Pattern == nil || !unknown(err) { // one that is gone is left soon
					failed = err
				}
				continue
			}
			if p := m.parts[key]; p != nil {
				p.committed = o.Offset
			}
		}
	}
	return failed
}
