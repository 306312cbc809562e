package cursor

// Position says for every partition of a subscription which offset is to be read next. It is
// immutable: Next must not be changed once the position is shared.
//
// Positions are compared only within one subscription: their layouts name the same topics. A
// partition that a layout does not have yet is at offset 0.
type Position struct {
	Layout *Layout
	Next   []int64 // by slot
}

// Append appends the id that means "received everything up to here". A topic that does not
// exist is named as topic@0#-1, so that the text still says that nothing of it was read.
func (p Position) Append(dst []byte) []byte {
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

// Reaches reports whether everything below the other position is below this one too.
func (p Position) Reaches(other Position) bool {
	if p.Layout == other.Layout {
		for slot, next := range other.Next {
			if p.Next[slot] < next {
				return false
			}
		}
		return true
	}
	for i := range other.Layout.topics {
		t := &other.Layout.topics[i]
		for k := range t.Partitions {
			if p.At(i, int32(k)) < other.Next[t.first+k] {
				return false
			}
		}
	}
	return true
}

// Matches reports whether both positions are about the same topics: none was deleted and made
// again between them.
func (p Position) Matches(other Position) bool {
	for i := range p.Layout.topics {
		if !p.Layout.same(i, other.Layout) {
			return false
		}
	}
	return true
}

// Over gives, partition by partition, the higher of both positions. Where a topic was made
// again, base counts alone: p is about the one that is gone.
func (p Position) Over(base Position) Position {
	if p.Layout == base.Layout {
		out := Position{base.Layout, make([]int64, len(base.Next))}
		for slot, next := range base.Next {
			out.Next[slot] = max(next, p.Next[slot])
		}
		return out
	}
	layout := union(base.Layout, p.Layout)
	out := Position{layout, make([]int64, layout.slots)}
	for i := range layout.topics {
		t, same := &layout.topics[i], base.Layout.same(i, p.Layout)
		for k := range t.Partitions {
			id := int32(k)
			next := base.At(i, id)
			if same {
				next = max(next, p.At(i, id))
			}
			out.Next[t.first+k] = next
		}
	}
	return out
}

// union is base with the partitions that other has besides. It is base itself where there are none.
func union(base, other *Layout) *Layout {
	topics, grown := make([]Topic, len(base.topics)), false
	for i, t := range base.topics {
		topics[i] = t
		if o := &other.topics[i]; base.same(i, other) && o.Partitions > t.Partitions {
			topics[i].Partitions, topics[i].ID, grown = o.Partitions, o.ID, true
		}
	}
	if !grown {
		return base
	}
	return NewLayout(topics)
}
