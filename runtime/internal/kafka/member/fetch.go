package member

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

const (
	// pollMost bounds the records of one poll, and with them how far a queue may go over its bound.
	pollMost = 1000
	// mostFetched bounds one fetch in bytes, the library's default, whatever a connection may hold.
	mostFetched = 50 << 20
	// rewindPause is between two tries to rewind a partition that the library does not know yet.
	rewindPause = 5 * time.Millisecond
)

// fetch moves records from the library to the queues, until the member ends.
func (m *member) fetch() {
	for m.waitForRoom() {
		fetches := m.poll()
		if m.stop.Err() != nil {
			m.client.AllowRebalance()
			return
		}
		m.distribute(fetches)
		set := m.rewind()
		m.client.AllowRebalance()
		if !set {
			select {
			case <-m.stop.Done():
			case <-time.After(rewindPause):
			}
		}
	}
}

// poll waits for records, or until a partition is to be rewound.
func (m *member) poll() kgo.Fetches {
	ctx, cancel := context.WithCancel(m.stop)
	defer cancel()
	m.mu.Lock()
	m.polling = cancel
	for _, p := range m.order {
		if p.rewind >= 0 {
			cancel()
		}
	}
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		m.polling = nil
		m.mu.Unlock()
	}()
	return m.client.PollRecords(ctx, pollMost)
}

// interrupt ends a poll in progress. Called with the lock held.
func (m *member) interrupt() {
	if m.polling != nil {
		m.polling()
	}
	m.wakeFetcher()
}

// rewind sets where the library goes on, while no rebalance can run. It is false when the library
// does not know a partition yet: its callback said where to begin, but the start is not made.
func (m *member) rewind() bool {
	targets := make(map[string]map[int32]kgo.EpochOffset)
	m.mu.Lock()
	for _, p := range m.order {
		if p.rewind < 0 {
			continue
		}
		if targets[p.topic] == nil {
			targets[p.topic] = make(map[int32]kgo.EpochOffset)
		}
		targets[p.topic][p.id] = kgo.EpochOffset{Epoch: -1, Offset: p.rewind}
	}
	m.mu.Unlock()
	if len(targets) == 0 {
		return true
	}
	m.client.SetOffsets(targets)
	set := m.client.CommittedOffsets() // the library's own view, which SetOffsets changes too
	m.mu.Lock()
	defer m.mu.Unlock()
	all := true
	for _, p := range m.order {
		if p.rewind < 0 {
			continue
		}
		if o, ok := set[p.topic][p.id]; ok && o.Offset == p.rewind {
			p.rewind = -1
		} else {
			all = false
		}
	}
	return all
}

// distribute puts fetched records into the queues of their partitions.
func (m *member) distribute(fetches kgo.Fetches) {
	var failed error
	m.mu.Lock()
	fetches.EachPartition(func(f kgo.FetchTopicPartition) {
		if f.Err != nil {
			failed = errors.Join(failed, m.trouble(f.Topic, f.Err))
		}
		p := m.parts[place{f.Topic, f.Partition}]
		if p == nil || p.revoking || p.rewind >= 0 {
			return
		}
		p.end = f.HighWatermark
		if len(f.Records) == 0 {
			return
		}
		p.push(f.Records)
		if p.owner != nil && p.next == nil {
			p.owner.wake()
		}
	})
	m.flowAll()
	m.mu.Unlock()
	if failed != nil {
		m.fail(failed)
	}
}

// trouble tells whether an error of a fetch ends the connections. The library goes on by itself
// after the others; that a cluster is away is noticed by tick.
func (m *member) trouble(topic string, err error) error {
	switch {
	case errors.Is(err, kgo.ErrClientClosed), errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, kerr.OffsetOutOfRange) && m.reading.Reset == qos.NoReset:
		return &core.Error{
			Code: core.CodeNoInitialOffset, Op: "fetch", Err: err,
			Detail: "the committed offset is not in the log and autoOffsetReset is none",
		}
	}
	classified := cluster.Classify("fetch", err)
	if core.CodeOf(classified) == core.CodeForbidden {
		return classified
	}
	m.log.Debug("fetch failed, to be repeated", "topic", topic, "error", err)
	return nil
}

// of lists the partitions that a connection may poll. Called with the lock held.
func (m *member) of(s *Stream) []*partition {
	var mine []*partition
	for _, p := range m.order {
		if p.owner == s && p.next == nil && !p.halted {
			mine = append(mine, p)
		}
	}
	return mine
}

// load is what a connection has queued and in flight, in bytes.
func (m *member) load(s *Stream) (bytes int, bound bool) {
	for _, p := range m.order {
		if p.bound() == s && !p.halted {
			bytes += p.bytes
			bound = true
		}
	}
	return bytes, bound
}

// flow pauses the partitions of a connection that has enough, and resumes them when it is half
// empty. Nothing is paused while every connection has enough: then the fetcher waits, and what
// the library holds need not be fetched again. Called with the lock held.
func (m *member) flow(s *Stream) {
	limit := m.groups.cfg.BytesPerStream
	bytes, _ := m.load(s)
	switch {
	case bytes >= limit && m.hasRoom():
		m.client.PauseFetchPartitions(m.mark(s, true))
	case bytes <= limit/2:
		if paused := m.mark(s, false); len(paused) > 0 {
			m.client.ResumeFetchPartitions(paused)
		}
		m.wakeFetcher()
	}
}

func (m *member) flowAll() {
	for _, s := range m.streams {
		m.flow(s)
	}
}

// mark notes the partitions of a connection as paused or not, and lists those that changed.
func (m *member) mark(s *Stream, paused bool) map[string][]int32 {
	changed := make(map[string][]int32)
	for _, p := range m.order {
		if p.bound() == s && !p.halted && p.paused != paused {
			p.paused = paused
			changed[p.topic] = append(changed[p.topic], p.id)
		}
	}
	return changed
}

// hasRoom reports whether a connection with partitions has room for more.
func (m *member) hasRoom() bool {
	none := true
	for _, s := range m.streams {
		bytes, bound := m.load(s)
		if bound && bytes < m.groups.cfg.BytesPerStream {
			return true
		}
		none = none && !bound
	}
	return none // without partitions the poll waits for them
}

// waitForRoom blocks while no connection has room; false: the member ends.
func (m *member) waitForRoom() bool {
	for {
		m.mu.Lock()
		if m.hasRoom() {
			m.mu.Unlock()
			return m.stop.Err() == nil
		}
		wait := make(chan struct{})
		m.room = wait
		m.mu.Unlock()
		select {
		case <-wait:
		case <-m.stop.Done():
			return false
		}
	}
}

// wakeFetcher is called with the lock held.
func (m *member) wakeFetcher() {
	if m.room != nil {
		close(m.room)
		m.room = nil
	}
}
