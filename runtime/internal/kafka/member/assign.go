package member

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

const (
	// settleWait is how long a partition that is given up waits for writes in flight.
	settleWait = 2 * time.Second
	// maxHeartbeat is the library's default; a long session timeout does not make it longer.
	maxHeartbeat = 3 * time.Second
)

// assigned is called by the library when the group gave the member partitions.
func (m *member) assigned(_ context.Context, _ *kgo.Client, added map[string][]int32) {
	<-m.ready // the library may be faster than its constructor
	m.mu.Lock()
	defer m.mu.Unlock()
	for topic, ids := range added {
		for _, id := range ids {
			m.parts[place{topic, id}] = newPartition(topic, id)
		}
	}
	m.bind()
	if len(added) == 0 {
		m.join()
	}
}

// begin is called by the library with the committed offsets of new partitions, negative where
// there are none, and says where to begin (docs/concepts.md): where the log ended when the member
// listed its topics or where it started, by autoOffsetReset; at 0 in a partition that is newer.
// The cursor of the connection that has the partition comes first.
func (m *member) begin(_ context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for topic, partitions := range offsets {
		for id, o := range partitions {
			committed := o.EpochOffset().Offset
			p := m.parts[place{topic, id}]
			if p == nil {
				p = newPartition(topic, id) // given up meanwhile
			}
			at := m.start(p, committed)
			if at != committed {
				partitions[id] = kgo.NewOffset().At(at)
			}
			p.given, p.frontier, p.committed = at, at, max(committed, -1)
			if p.owner != nil {
				p.owner.wake()
			}
		}
	}
	m.join()
	return offsets, nil
}

// start is where a new partition begins. A group that was lost for a while, with its broker for
// example, goes on where this member knows to be, not where its last commit was. Called with the
// lock held.
func (m *member) start(p *partition, committed int64) int64 {
	where := place{p.topic, p.id}
	at := committed
	if _, ok := m.anew[where]; ok {
		at = -1
		delete(m.anew, where)
	}
	if kept, ok := m.kept[where]; ok {
		at = max(at, kept)
		delete(m.kept, where)
	}
	if at < 0 {
		at = m.initial(p.topic, p.id)
		if p.owner != nil && p.owner.later(p) {
			at = 0
		}
	}
	if p.owner == nil {
		return at
	}
	return p.owner.resume(p, at)
}

// initial is where a partition without a committed offset begins.
func (m *member) initial(topic string, id int32) int64 {
	t := m.listed[topic]
	if t == nil || int(id) >= len(t.Partitions) {
		return 0
	}
	if m.reading.Reset == qos.Earliest {
		return t.Partitions[id].Start
	}
	return t.Partitions[id].Stable
}

// revoked is called by the library when partitions are to be given up; it may block. It waits
// for writes in flight, but not for long, and commits what was settled.
func (m *member) revoked(ctx context.Context, _ *kgo.Client, lost map[string][]int32) {
	giving, landed := m.giveUp(lost)
	if len(giving) == 0 {
		return
	}
	timer := time.NewTimer(settleWait)
	defer timer.Stop()
	for _, c := range landed {
		select {
		case <-c:
			continue
		case <-timer.C:
		}
		break
	}
	m.seal(giving)
	ctx, cancel := context.WithTimeout(ctx, commitTimeout)
	defer cancel()
	if err := m.commit(ctx, giving); err != nil {
		m.log.Warn("a partition was given up without its last commit: its records come again", "error", err)
	}
	m.drop(giving)
}

// seal ends the settling of partitions: what is acknowledged from now on is not committed.
func (m *member) seal(giving []*partition) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range giving {
		p.sealed = true
	}
}

// lost is called by the library when the group already gave the partitions to others.
func (m *member) lost(_ context.Context, _ *kgo.Client, lost map[string][]int32) {
	giving, _ := m.giveUp(lost)
	m.drop(giving)
}

// giveUp stops the delivery of partitions. A channel is closed when one has nothing in flight.
func (m *member) giveUp(lost map[string][]int32) (giving []*partition, landed []<-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for topic, ids := range lost {
		for _, id := range ids {
			p := m.parts[place{topic, id}]
			if p == nil {
				continue
			}
			p.revoking, p.next, p.queue = true, nil, nil
			giving = append(giving, p)
			if len(p.flying) > 0 {
				p.drained = make(chan struct{})
				landed = append(landed, p.drained)
			}
		}
	}
	m.bind()
	return giving, landed
}

// drop forgets partitions; what is still in flight is delivered again by whoever has them now.
func (m *member) drop(giving []*partition) {
	m.mu.Lock()
	defer m.mu.Unlock()
	paused := make(map[string][]int32)
	for _, p := range giving {
		if p.paused { // the library would remember it
			paused[p.topic] = append(paused[p.topic], p.id)
		}
		p.gone, p.owner, p.flying = true, nil, nil
		switch where := (place{p.topic, p.id}); {
		case p.replaced && p.committed != 0:
			m.anew[where] = struct{}{}
		case p.frontier > p.committed:
			m.kept[where] = p.frontier
		}
		if m.parts[place{p.topic, p.id}] == p {
			delete(m.parts, place{p.topic, p.id})
		}
	}
	m.client.ResumeFetchPartitions(paused)
	m.wakeFetcher()
}
