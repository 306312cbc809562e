package member

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

const (
	// refusedPause is how long records wait whose commit was refused, by a rebalance for example.
	refusedPause = 50 * time.Millisecond
	// firstTimeout bounds a commit that records wait for. It is longer than that of other commits, since
	// connections end with it.
	firstTimeout = 5 * time.Second
)

// commitFirst commits the records of a batch before they are handed out (at-most-once), and
// marks the runs that may be. Those whose commit was refused go back to their queues.
//
// When the outcome of the commit is unknown the whole member ends. It leaves the group, so that
// a request still on its way is refused by its generation, and cannot take back a later commit.
func (m *member) commitFirst(runs []run) ([]run, error) {
	ctx, cancel := context.WithTimeout(context.Background(), firstTimeout)
	defer cancel()
	select {
	case <-m.commits:
	case <-ctx.Done():
		m.untake(runs)
		return nil, cluster.Classify("commit", ctx.Err())
	}
	defer func() { m.commits <- struct{}{} }()
	offsets := m.ahead(runs)
	if len(offsets) == 0 {
		return nil, nil
	}
	refused, err := m.send(ctx, offsets)
	if err != nil {
		m.untake(runs)
		if errors.Is(err, errNotSent) {
			return nil, nil
		}
		err = cluster.Classify("commit", err)
		m.fail(err)
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var ready []run
	for _, r := range runs {
		last := r.records[len(r.records)-1].Offset
		switch {
		case r.from.gone:
		case refused[place{r.from.topic, r.from.id}] != nil:
			r.from.untake(r.records[0].Offset)
		default:
			r.from.frontier, r.from.committed = last+1, last+1
			ready = append(ready, r)
		}
	}
	return ready, nil
}

// ahead lists the offsets after the records of runs.
func (m *member) ahead(runs []run) map[string]map[int32]kgo.EpochOffset {
	m.mu.Lock()
	defer m.mu.Unlock()
	offsets := make(map[string]map[int32]kgo.EpochOffset)
	for _, r := range runs {
		if r.from.gone {
			continue
		}
		if offsets[r.from.topic] == nil {
			offsets[r.from.topic] = make(map[int32]kgo.EpochOffset)
		}
		last := r.records[len(r.records)-1].Offset
		offsets[r.from.topic][r.from.id] = kgo.EpochOffset{Epoch: -1, Offset: last + 1}
	}
	return offsets
}

func (m *member) untake(runs []run) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range runs {
		if !r.from.gone {
			r.from.untake(r.records[0].Offset)
		}
	}
}

// definite reports an answer after which the offset is certainly not committed and no request is
// on its way.
func definite(err error) bool {
	for _, answer := range []error{
		kerr.RebalanceInProgress, kerr.IllegalGeneration, kerr.UnknownMemberID, kerr.StaleMemberEpoch,
		kerr.FencedMemberEpoch, kerr.UnknownTopicOrPartition, kerr.UnknownTopicID,
	} {
		if errors.Is(err, answer) {
			return true
		}
	}
	return false
}

// strict reports whether a connection of the member is at at-most-once. Called with the lock held.
func (m *member) strict() bool {
	for _, s := range m.streams {
		if s.level == endpoint.AtMostOnce {
			return true
		}
	}
	return false
}

// errNotSent is a commit that did not leave the process: the group was being joined.
var errNotSent = core.NewError(core.CodeReadTimeout, "the group is being rebalanced")
