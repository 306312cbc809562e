package cursor

import (
	"cmp"
	"iter"
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
	number uint64 // of the listing that chose the topics
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

// NewListed is NewLayout for a subscription whose topics come and go: a pattern. number is that of
// the listing that the topics were chosen from; of two layouts the one with the higher number is
// right about which topics there are.
func NewListed(topics []Topic, number uint64) *Layout {
	l := NewLayout(topics)
	l.number = number
	return l
}

// Number is that of the listing; 0 for a fixed set of topics.
func (l *Layout) Number() uint64 { return l.number }

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

// pairs walks the topics of two layouts by name: their indexes, -1 in the one that does not have
// the topic.
func pairs(a, b *Layout) iter.Seq2[int, int] {
	return func(yield func(i, j int) bool) {
		for i, j := 0, 0; i < len(a.topics) || j < len(b.topics); {
			order := 0
			switch {
			case i == len(a.topics):
				order = 1
			case j == len(b.topics):
				order = -1
			default:
				order = cmp.Compare(a.topics[i].Name, b.topics[j].Name)
			}
			atA, atB := i, j
			if order <= 0 {
				i++
			} else {
				atA = -1
			}
			if order >= 0 {
				j++
			} else {
				atB = -1
			}
			if !yield(atA, atB) {
				return
			}
		}
	}
}

// same reports whether two topics of one name can be the same topic. One that did not exist, or a
// broker without topic ids, matches anything.
func (a *Topic) same(b *Topic) bool {
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
