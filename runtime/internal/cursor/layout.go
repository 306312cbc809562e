package cursor

import (
	"cmp"
	"slices"
	"sort"
)

// TopicID is Kafka's id of a topic (KIP-516), by which a topic that was deleted and made again
// is told from the first one. It is zero where the broker has none.
type TopicID [16]byte

// Same reports whether both ids can be of one topic: an unknown id matches any.
func (id TopicID) Same(other TopicID) bool {
	return id == other || id == TopicID{} || other == TopicID{}
}

// Topic is one topic of a layout.
type Topic struct {
	Name       string
	ID         TopicID
	Partitions int // 0: the topic does not exist yet
	first      int // slot of partition 0
}

// Layout fixes an order for the partitions of a subscription, so that a vector of offsets needs
// no names: a slot for each partition, topics by name. It is immutable.
type Layout struct {
	topics []Topic
	slots  int
}

// NewLayout makes a layout of topics in any order, each named once.
func NewLayout(topics []Topic) *Layout {
	l := &Layout{topics: slices.Clone(topics)}
	slices.SortFunc(l.topics, func(a, b Topic) int { return cmp.Compare(a.Name, b.Name) })
	for i := range l.topics {
		l.topics[i].first = l.slots
		l.slots += l.topics[i].Partitions
	}
	return l
}

// Topics are the topics by name. The slice must not be changed.
func (l *Layout) Topics() []Topic { return l.topics }

// Slots is the number of partitions.
func (l *Layout) Slots() int { return l.slots }

// Index finds a topic by its name, -1 when the layout does not have it.
func (l *Layout) Index(name string) int {
	i, ok := slices.BinarySearchFunc(l.topics, name, func(t Topic, name string) int { return cmp.Compare(t.Name, name) })
	if !ok {
		return -1
	}
	return i
}

// Slot is the slot of a partition of the i-th topic, -1 when the layout does not have it.
func (l *Layout) Slot(i int, partition int32) int {
	if i < 0 || partition < 0 || int(partition) >= l.topics[i].Partitions {
		return -1
	}
	return l.topics[i].first + int(partition)
}

// same reports whether the i-th topics of two layouts of one subscription can be the same topic.
// A topic that did not exist, or a broker without topic ids, matches anything.
func (l *Layout) same(i int, other *Layout) bool {
	a, b := &l.topics[i], &other.topics[i]
	return a.ID.Same(b.ID) || a.Partitions == 0 || b.Partitions == 0
}

// Resolve turns a cursor into a position; ok is false unless it names every partition of the
// layout and nothing else.
func (l *Layout) Resolve(c Cursor) (p Position, ok bool) {
	if len(c.topics) != len(l.topics) {
		return Position{}, false
	}
	p = Position{l, make([]int64, 0, l.slots)}
	for i := range l.topics {
		named := &c.topics[i]
		if named.endpoint != "" || named.name != l.topics[i].Name || len(named.partitions) != l.topics[i].Partitions {
			return Position{}, false
		}
		for k, partition := range named.partitions {
			if int(partition.id) != k {
				return Position{}, false
			}
			p.Next = append(p.Next, partition.offset+1)
		}
	}
	return p, true
}

// owner is the topic and the partition of a slot.
func (l *Layout) owner(slot int) (topic int, partition int32) {
	after := sort.Search(len(l.topics), func(i int) bool { return l.topics[i].first > slot })
	for topic = after - 1; l.topics[topic].Partitions == 0; topic-- {
	}
	return topic, int32(slot - l.topics[topic].first)
}
