package hub

import (
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

// topic is one topic that the client consumes, for all feeds that have it. All of it is under
// Hub.mu.
type topic struct {
	name  string
	id    cursor.TopicID
	users int  // feeds
	added bool // the client consumes it; what came before is of an earlier assignment
	lost  bool // its position is out of range, which refresh looks into

	replacing cursor.TopicID // the id of the topic that takes its place, while that happens

	next  []int64     // by partition: after what the feeds have
	fresh []freshness // by partition: what a poll brought; empty between polls
	dirty []int32     // partitions with something fresh
}

// freshness is what one poll brought of one partition.
type freshness struct {
	records []*core.Record
	next    int64
}

// take counts a feed in for topics. One that the hub does not have yet is read from where begin
// says; it has no entry in infos when it does not exist.
func (h *Hub) take(names []string, infos map[string]*cluster.Topic, begin func(cluster.Partition) int64) {
	starts := map[string]map[int32]kgo.Offset{}
	var starting []*topic
	for _, name := range names {
		t := h.topics[name]
		if t == nil {
			t = newTopic(name, infos[name], begin)
			h.topics[name] = t
		}
		t.users++
		if !t.added && t.users == 1 {
			starts[name] = at(t.next)
			starting = append(starting, t)
		}
	}
	if len(starting) == 0 {
		return
	}
	h.session.do(func(client *kgo.Client) {
		client.AddConsumePartitions(starts)
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, t := range starting {
			t.added = true
		}
	})
}

func newTopic(name string, info *cluster.Topic, begin func(cluster.Partition) int64) *topic {
	t := &topic{name: name, added: true}
	if info == nil || len(info.Partitions) == 0 {
		return t
	}
	t.id, t.added = info.ID, false
	for _, p := range info.Partitions {
		t.next = append(t.next, begin(p))
	}
	t.fresh = make([]freshness, len(t.next))
	return t
}

// Where a topic that the hub did not have begins: at its last stable offset for those who open a
// feed now, at the first offset of all when it has appeared.
func end(p cluster.Partition) int64     { return p.Stable }
func beginning(cluster.Partition) int64 { return 0 }

// observe takes in how topics are now: they may exist now, have more partitions, or be others
// than before; patterns may match others. Whatever is new is read from its beginning.
func (h *Hub) observe(l *listing) {
	names := h.matches(l.all)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.session == nil {
		return
	}
	if l.number >= h.session.observed {
		h.session.observed = l.number
		h.compare(l)
	}
	if l.all != nil && l.all.Number > h.session.chosen {
		h.session.chosen = l.all.Number
		h.choose(l.all, names)
	}
}

// compare looks for what is new in topics that the hub has.
func (h *Hub) compare(l *listing) {
	for name, info := range l.topics {
		t := h.topics[name]
		switch {
		case t == nil, info == nil, info.ID == t.replacing && t.replacing != (cursor.TopicID{}):
		case len(t.next) > 0 && !t.id.Same(info.ID):
			h.replace(t, info)
		case len(info.Partitions) > len(t.next):
			h.extend(t, info)
		}
	}
}

// extend adds partitions that did not exist.
func (h *Hub) extend(t *topic, info *cluster.Topic) {
	start := map[int32]kgo.Offset{}
	for p := len(t.next); p < len(info.Partitions); p++ {
		start[int32(p)] = kgo.NewOffset().At(0)
	}
	t.id = info.ID
	t.next = append(t.next, make([]int64, len(start))...)
	t.fresh = append(t.fresh, make([]freshness, len(start))...)
	h.session.do(func(client *kgo.Client) {
		client.AddConsumePartitions(map[string]map[int32]kgo.Offset{t.name: start})
	})
	for _, f := range h.feedsOf(t.name) {
		f.append(nil, h.where(f))
	}
}

// replace starts anew with a topic that was deleted and made again.
func (h *Hub) replace(t *topic, info *cluster.Topic) {
	t.replacing = info.ID
	partitions := len(info.Partitions)
	h.session.do(func(client *kgo.Client) {
		client.PurgeTopicsFromConsuming(t.name)
		h.mu.Lock()
		defer h.mu.Unlock()
		t.id, t.replacing, t.lost = info.ID, cursor.TopicID{}, false
		t.next, t.fresh = make([]int64, partitions), make([]freshness, partitions)
		if h.topics[t.name] != t {
			return // given up meanwhile
		}
		client.AddConsumePartitions(map[string]map[int32]kgo.Offset{t.name: at(t.next)})
		for _, f := range h.feedsOf(t.name) {
			f.restart(h.where(f))
		}
	})
}

// resume reads a topic again from where the feeds are.
func (h *Hub) resume(t *topic) {
	h.session.do(func(client *kgo.Client) {
		client.PurgeTopicsFromConsuming(t.name)
		h.mu.Lock()
		defer h.mu.Unlock()
		t.lost = false
		if h.topics[t.name] == t {
			client.AddConsumePartitions(map[string]map[int32]kgo.Offset{t.name: at(t.next)})
		}
	})
}

func at(next []int64) map[int32]kgo.Offset {
	offsets := make(map[int32]kgo.Offset, len(next))
	for p, offset := range next {
		offsets[int32(p)] = kgo.NewOffset().At(offset)
	}
	return offsets
}

func (h *Hub) feedsOf(name string) []*feed {
	var feeds []*feed
	for _, f := range h.feeds {
		if _, ok := slices.BinarySearch(f.names, name); ok {
			feeds = append(feeds, f)
		}
	}
	return feeds
}

// where is the end of a feed.
func (h *Hub) where(f *feed) cursor.Position { return h.position(f.names, f.number) }

// position is where the feeds of a topic set are. number is that of the listing that chose it.
func (h *Hub) position(names []string, number uint64) cursor.Position {
	topics := make([]cursor.Topic, len(names))
	var next []int64
	for i, name := range names {
		t := h.topics[name]
		topics[i] = cursor.Topic{Name: name, ID: t.id, Partitions: len(t.next)}
		next = append(next, t.next...)
	}
	return cursor.Position{Layout: cursor.NewListed(topics, number), Next: next}
}
