package cursor

import "slices"

// Position says for every partition of a subscription which offset is to be read next. It is
// immutable: Next must not be changed once the position is shared.
//
// Positions are compared only within one subscription. Their layouts name the same topics, unless
// the subscription is a pattern: then a topic that only one of them names has appeared since the
// other, or is gone since it, which the numbers of the layouts tell. A partition that a layout does
// not have yet is at offset 0.
type Position struct {
	Layout *Layout
	Next   []int64 // by slot
}

// Append appends the id that means "received everything up to here". A topic that does not
// exist is named as topic@0#-1, so that the text still says that nothing of it was read; where
// there is no topic at all it is #-1.
func (p Position) Append(dst []byte) []byte {
	if len(p.Layout.topics) == 0 {
		return append(dst, nothing...)
	}
	for i := range p.Layout.topics {
		t := &p.Layout.topics[i]
		dst = appendName(dst, i, t.Name)
		if t.Partitions == 0 {
			dst = append(dst, "@0#-1"...)
		}
		for k := range t.Partitions {
			dst = appendPartition(dst, k == 0, int64(k), p.Next[t.first+k]-1)
		}
	}
	return dst
}

// Cursor is the position as a cursor that names every partition.
func (p Position) Cursor() Cursor {
	if len(p.Layout.topics) == 0 {
		return Nothing()
	}
	var c Cursor
	for i := range p.Layout.topics {
		t := &p.Layout.topics[i]
		named := topic{name: t.Name}
		for k := range t.Partitions {
			named.partitions = append(named.partitions, partition{int32(k), p.Next[t.first+k] - 1})
		}
		if t.Partitions == 0 {
			named.partitions = []partition{{0, -1}}
		}
		c.topics = append(c.topics, named)
	}
	return c
}

func appendName(dst []byte, i int, name string) []byte {
	if i > 0 {
		dst = append(dst, ';')
	}
	return append(dst, name...)
}

// At is the next offset of a partition of the i-th topic.
func (p Position) At(i int, partition int32) int64 {
	if slot := p.Layout.Slot(i, partition); slot >= 0 {
		return p.Next[slot]
	}
	return 0
}

// Reaches reports whether everything below the other position is below this one too, but for what
// was gone when this one was made.
func (p Position) Reaches(other Position) bool {
	if p.Layout == other.Layout {
		for slot, next := range other.Next {
			if p.Next[slot] < next {
				return false
			}
		}
		return true
	}
	for i, j := range pairs(p.Layout, other.Layout) {
		if j < 0 || i < 0 && p.Layout.number > other.Layout.number {
			continue
		}
		t := &other.Layout.topics[j]
		for k := range t.Partitions {
			if p.At(i, int32(k)) < other.Next[t.first+k] {
				return false
			}
		}
	}
	return true
}

// Names reports whether this position has every topic of the other one: none was gone when it was
// made.
func (p Position) Names(other Position) bool {
	if p.Layout == other.Layout {
		return true
	}
	for i := range pairs(p.Layout, other.Layout) {
		if i < 0 {
			return false
		}
	}
	return true
}

// Matches reports whether both positions are about the same topics: none was deleted and made
// again between them.
func (p Position) Matches(other Position) bool {
	for i, j := range pairs(p.Layout, other.Layout) {
		if i >= 0 && j >= 0 && !p.Layout.topics[i].same(&other.Layout.topics[j]) {
			return false
		}
	}
	return true
}

// Over gives, partition by partition, the higher of both positions. Where a topic was made
// again, base counts alone: p is about the one that is gone. The layout with the higher number says
// which topics there are; with the same number that is base.
func (p Position) Over(base Position) Position {
	if p.Layout == base.Layout {
		out := Position{base.Layout, make([]int64, len(base.Next))}
		for slot, next := range base.Next {
			out.Next[slot] = max(next, p.Next[slot])
		}
		return out
	}
	newer, older := base, p
	if p.Layout.number > base.Layout.number {
		newer, older = p, base
	}
	layout := union(newer.Layout, older.Layout)
	out := Position{layout, make([]int64, layout.slots)}
	for i, j := range pairs(layout, older.Layout) {
		if i < 0 {
			continue
		}
		t := &layout.topics[i]
		same := j >= 0 && newer.Layout.topics[i].same(&older.Layout.topics[j])
		for k := range t.Partitions {
			id := int32(k)
			next := newer.At(i, id)
			if same {
				next = max(next, older.At(j, id))
			}
			out.Next[t.first+k] = next
		}
	}
	return out
}

// union is the newer layout with the partitions that the older has besides. It is the newer itself
// where there are none.
func union(newer, older *Layout) *Layout {
	topics, grown := slices.Clone(newer.topics), false
	for i, j := range pairs(newer, older) {
		if i < 0 || j < 0 {
			continue
		}
		t, o := &topics[i], &older.topics[j]
		if t.same(o) && o.Partitions > t.Partitions {
			t.Partitions, t.ID, grown = o.Partitions, o.ID, true
		}
	}
	if !grown {
		return newer
	}
	return NewListed(topics, newer.number)
}
