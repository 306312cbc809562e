package member

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// subject is what a reading reads, as it is now.
type subject struct {
	names  []string                  // sorted
	topics map[string]*cluster.Topic // those that exist
	number uint64                    // of the listing that a pattern chose from
}

// subject lists the topics of a reading with their ends.
func (g *Groups) subject(ctx context.Context, r qos.Reading) (s subject, err error) {
	s.names = slices.Compact(slices.Sorted(slices.Values(r.Topics)))
	if r.Pattern != nil {
		all, err := g.catalog.List(ctx, 0)
		if err != nil {
			return s, err
		}
		s.number, s.names = all.Number, all.Names(r.Pattern.Match)
	}
	s.topics, err = g.cluster.SettledOffsets(ctx, s.names...)
	if r.Pattern != nil { // a topic that is just being deleted is left
		s.names = slices.DeleteFunc(s.names, func(name string) bool { return s.topics[name] == nil })
	}
	return s, err
}

// exists checks that each topic of a reading exists, or one that matches.
func (s subject) exists(r qos.Reading) error {
	if r.Pattern != nil && len(s.names) == 0 {
		return cluster.NoMatchingTopic(opJoin, r.Pattern.Text)
	}
	for _, name := range s.names {
		if s.topics[name] == nil {
			return cluster.MissingTopic(opJoin, name)
		}
	}
	return nil
}

// later lists the topics that were created later than the group: those that match a pattern and
// have no commit, while others that match have one.
func (s subject) later(r qos.Reading, commits cluster.Commits) []string {
	if r.Pattern == nil || !commits.Some(s.topics) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.names), func(name string) bool {
		return commits.Some(map[string]*cluster.Topic{name: s.topics[name]})
	})
}

// fromStart is a topic of which latest is its start.
func fromStart(t *cluster.Topic) *cluster.Topic {
	partitions := slices.Clone(t.Partitions)
	for i := range partitions {
		partitions[i].Stable = partitions[i].Start
	}
	return &cluster.Topic{ID: t.ID, Partitions: partitions}
}

// watchTopics tells members about topics and partitions that are new, with one request for all.
func (g *Groups) watchTopics() {
	ticker := time.NewTicker(g.cfg.TopicRefresh)
	defer ticker.Stop()
	for {
		select {
		case <-g.stop.Done():
			return
		case <-ticker.C:
		}
		members := g.list()
		if len(members) == 0 || g.cluster.Refusing() != nil {
			continue
		}
		now, err := g.look(members)
		if err != nil {
			g.log.Debug("topics of groups were not refreshed", "error", err)
			continue
		}
		for _, m := range members {
			m.refresh(now)
		}
	}
}

// look lists the topics of members; all topics when one of them has a pattern.
func (g *Groups) look(members []*member) (*cluster.Listing, error) {
	ctx, cancel := context.WithTimeout(g.stop, openTimeout)
	defer cancel()
	var names []string
	for _, m := range members {
		if m.reading.Pattern != nil {
			return g.catalog.List(ctx, 0)
		}
		names = append(names, m.reading.Topics...)
	}
	slices.Sort(names)
	topics, err := g.cluster.Topics(ctx, slices.Compact(names)...)
	return &cluster.Listing{Topics: topics}, err
}

// changes says how the topics of a member changed.
type changes struct {
	again  []string // deleted and made again
	joined []string // match, and did not exist
	left   []string // matched, and are gone
	grown  bool     // more partitions
}

// refresh compares the topics of the member with what they are now.
func (m *member) refresh(now *cluster.Listing) {
	c := m.changes(now)
	if len(c.again)+len(c.left) > 0 {
		m.log.Info("topics were deleted", "topics", c.left, "made again", c.again)
		m.client.PurgeTopicsFromConsuming(slices.Concat(c.again, c.left)...)
	}
	add := m.addable(slices.Concat(c.again, c.joined))
	if len(add) > 0 {
		m.client.AddConsumeTopics(add...)
	}
	if c.grown {
		m.client.ForceMetadataRefresh()
	}
	if c.grown || len(c.again)+len(c.left)+len(add) > 0 {
		m.change()
	}
}

// addable lists the topics to subscribe to now, of new ones and of those that waited. With KIP-848 one
// that was purged waits until its partitions are given up: the library would assign a partition of it
// twice when the group still has them, and read it from two places.
func (m *member) addable(topics []string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	topics = append(topics, m.waiting...)
	m.waiting = nil
	var now []string
	for _, name := range topics {
		switch _, wanted := slices.BinarySearch(m.topics, name); {
		case !wanted: // gone again
		case m.groups.cfg.ServerSide && m.holds(name):
			m.waiting = append(m.waiting, name)
		default:
			now = append(now, name)
		}
	}
	return now
}

// holds reports whether the group gave the member partitions of a topic. Called with the lock held.
func (m *member) holds(topic string) bool {
	for at := range m.parts {
		if at.topic == topic {
			return true
		}
	}
	return false
}

func (m *member) changes(now *cluster.Listing) (c changes) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ended {
		return c
	}
	if p := m.reading.Pattern; p != nil && now.Number > m.chosen {
		names := now.Names(p.Match)
		c.joined, c.left = missing(names, m.topics), missing(m.topics, names)
		m.topics, m.chosen = names, now.Number
		for _, name := range c.left {
			m.forget(name, false)
			delete(m.seen, name)
		}
		for _, name := range c.joined { // every partition begins at 0
			m.seen[name] = now.Topics[name]
		}
	}
	for _, name := range m.topics {
		t := now.Topics[name]
		if t == nil {
			continue
		}
		known := m.seen[name]
		if known != nil && known.ID != t.ID {
			c.again = append(c.again, name)
			m.forget(name, true) // every partition of the new topic begins at 0
		}
		c.grown = c.grown || known == nil || len(t.Partitions) > len(known.Partitions)
		m.seen[name] = t
	}
	if len(c.again)+len(c.left) > 0 {
		m.bind()
	}
	return c
}

// forget drops what is known of a topic that is gone, perhaps made again. Called with the lock held.
func (m *member) forget(topic string, again bool) {
	delete(m.listed, topic)
	maps.DeleteFunc(m.kept, func(at place, _ int64) bool { return at.topic == topic })
	maps.DeleteFunc(m.anew, func(at place, _ struct{}) bool { return at.topic == topic })
	for at, p := range m.parts {
		if at.topic == topic {
			p.discard(again)
		}
	}
}

// missing lists the names of one sorted list that another one does not have.
func missing(names, from []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, ok := slices.BinarySearch(from, name)
		return ok
	})
}
