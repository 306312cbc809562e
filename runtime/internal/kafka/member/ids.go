package member

import (
	"sort"
	"strconv"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// slot is a partition bound to a connection: which offset comes next, before and after a batch.
type slot struct {
	topic         string
	id            int32
	before, after int64
	rank          int // 1 + the index of its run in the batch; 0: the batch has none of it
}

// ids are those of a batch: the positions of the partitions that were bound to its connection.
// They are immutable.
type ids struct {
	slots   []slot // by topic and partition
	ends    []int  // of the runs in records
	records []*core.Record
}

var _ qos.IDs = (*ids)(nil)

// AppendID implements qos.IDs.
func (d *ids) AppendID(dst []byte, i int) []byte {
	rank := 1 + sort.SearchInts(d.ends, i+1)
	for k := range d.slots {
		s := &d.slots[k]
		next := s.before
		switch {
		case s.rank == rank:
			next = d.records[i].Offset + 1
		case s.rank > 0 && s.rank < rank:
			next = s.after
		}
		dst = appendSlot(dst, d.slots, k, next)
	}
	return dst
}

// appendSlot appends the k-th position of a list.
func appendSlot(dst []byte, slots []slot, k int, next int64) []byte {
	separator := byte(',')
	if k == 0 || slots[k-1].topic != slots[k].topic {
		if k > 0 {
			dst = append(dst, ';')
		}
		dst, separator = append(dst, slots[k].topic...), '@'
	}
	dst = strconv.AppendInt(append(dst, separator), int64(slots[k].id), 10)
	return strconv.AppendInt(append(dst, '#'), next-1, 10)
}

// slots lists where the partitions of a connection are. One that was halted is where its
// delivery can go on. Called with the lock held.
func (m *member) slots(s *Stream) []slot {
	var list []slot
	for _, p := range m.order {
		if p.owner != s || p.given < 0 {
			continue
		}
		at := p.given
		if p.halted {
			at = p.frontier
		}
		list = append(list, slot{topic: p.topic, id: p.id, before: at, after: at})
	}
	return list
}

// newIDs makes the ids of a batch from where its connection was before it.
func newIDs(runs []run, slots []slot) *ids {
	d := &ids{slots: slots}
	for i, r := range runs {
		d.records = append(d.records, r.records...)
		d.ends = append(d.ends, len(d.records))
		for k := range slots {
			if s := &slots[k]; s.topic == r.from.topic && s.id == r.from.id {
				s.rank, s.after = i+1, r.records[len(r.records)-1].Offset+1
			}
		}
	}
	return d
}
