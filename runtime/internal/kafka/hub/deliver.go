package hub

import (
	"context"
	"errors"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/catchup"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

// part is what a poll brought of one partition.
type part struct {
	topic     string
	partition int32
	freshness
}

// deliver appends what a poll brought to the feeds. It gives the number of users of these feeds.
func (h *Hub) deliver(s *session, fetches kgo.Fetches) (woken int) {
	var parts []part
	fetches.EachPartition(func(p kgo.FetchTopicPartition) {
		if p.Err != nil {
			h.failed(s, p.Topic, p.Partition, p.Err)
		}
		if n := len(p.Records); n > 0 {
			parts = append(parts, part{p.Topic, p.Partition, freshness{catchup.Records(p.Records), p.Records[n-1].Offset + 1}})
		}
	})
	if len(parts) == 0 {
		return 0
	}
	h.mu.Lock()
	touched := h.gather(parts)
	for _, f := range h.feeds {
		if h.feed(f, touched) {
			woken += f.users
		}
	}
	for _, t := range touched {
		for _, p := range t.dirty {
			t.next[p] = t.fresh[p].next
			t.fresh[p] = freshness{}
		}
		t.dirty = t.dirty[:0]
	}
	h.mu.Unlock()
	h.budget.enforce()
	return woken
}

// gather sorts what was fetched by topic and partition, and leaves out what the feeds have.
func (h *Hub) gather(parts []part) map[string]*topic {
	touched := map[string]*topic{}
	for _, part := range parts {
		t := h.topics[part.topic]
		if t == nil || !t.added || int(part.partition) >= len(t.next) {
			continue
		}
		records, p := part.records, part.partition
		have := max(t.next[p], t.fresh[p].next)
		if part.next <= have {
			continue
		}
		for len(records) > 0 && records[0].Offset < have {
			records = records[1:]
		}
		if t.fresh[p].next == 0 {
			t.dirty = append(t.dirty, p)
		}
		t.fresh[p].records = append(t.fresh[p].records, records...)
		t.fresh[p].next = part.next
		touched[t.name] = t
	}
	return touched
}

// feed makes nodes of what one feed gets; it reports whether there was anything.
func (h *Hub) feed(f *feed, touched map[string]*topic) bool {
	if !slices.ContainsFunc(f.names, func(name string) bool { return touched[name] != nil }) {
		return false
	}
	b := builder{limit: h.cfg.NodeBytes, track: cursor.NewTrack(f.end())}
	for i, name := range f.names {
		t := touched[name]
		if t == nil {
			continue
		}
		slices.Sort(t.dirty)
		for _, p := range t.dirty {
			b.add(i, p, t.fresh[p])
		}
	}
	b.finish()
	f.append(b.nodes, b.track.To())
	return len(b.nodes) > 0
}

// builder cuts records into nodes.
type builder struct {
	limit int64
	nodes []*node
	track *cursor.Track // of the node that is being filled
	size  int64
}

func (b *builder) add(topic int, partition int32, got freshness) {
	for records := got.records; ; {
		n := 0
		for n < len(records) && b.size < b.limit {
			b.size += int64(records[n].Size())
			n++
		}
		slot := b.track.From().Layout.Slot(topic, partition)
		if n == len(records) {
			b.track.Add(slot, records, got.next)
			return
		}
		if n > 0 {
			b.track.Add(slot, records[:n], records[n-1].Offset+1)
		}
		b.finish()
		b.track = cursor.NewTrack(b.track.To())
		records = records[n:]
	}
}

func (b *builder) finish() {
	if len(b.track.Records()) > 0 {
		b.nodes = append(b.nodes, newNode(b.track))
	}
	b.size = 0
}

// failed handles an error of one partition. The client tries again by itself after those that pass.
func (h *Hub) failed(s *session, name string, partition int32, err error) {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, kgo.ErrClientClosed):
	case errors.Is(err, kerr.OffsetOutOfRange):
		// The client would ask again at once and without end.
		s.client.RemoveConsumePartitions(map[string][]int32{name: {partition}})
		h.mu.Lock()
		if t := h.topics[name]; t != nil {
			t.lost = true
		}
		h.mu.Unlock()
		s.hurry()
	case errors.Is(err, kerr.UnknownTopicID), errors.Is(err, kerr.UnknownTopicOrPartition):
		s.hurry()
	case kerr.IsRetriable(err):
	default:
		h.fail(name, cluster.Classify("read", err))
	}
}

// fail ends the feeds that have a topic. Streams that are opened later try again.
func (h *Hub) fail(name string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.feedsOf(name) {
		h.drop(f, err)
	}
}

// gap checks a topic whose position is out of range: records were deleted before the hub read
// them, or the log was cut. The streams hear of it.
func (h *Hub) gap(name string, spans cursor.Spans) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[name]
	if t == nil || !t.lost || t.replacing != (cursor.TopicID{}) {
		return
	}
	if err := h.position([]string{name}, 0).Cursor().Within(spans); err == nil {
		h.resume(t)
		return
	}
	for _, f := range h.feedsOf(name) {
		all := cursor.Spans{}
		for _, other := range f.names {
			all[other] = spans[other]
		}
		err := f.end().Cursor().Within(all)
		if err == nil {
			err = core.Wrap(core.CodeInternal, "read", kerr.OffsetOutOfRange)
		}
		h.drop(f, err)
	}
}
