package cursor

import (
	"iter"
	"sort"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// Track gives the ids of a run of records: the position of every partition after each of them.
// It is filled by Add and read-only afterwards; reading is safe for concurrent use and
// allocates nothing.
type Track struct {
	from    Position // before the first record
	to      Position // after the last one
	records []*core.Record
	runs    []run
	rank    []int32 // by slot: 1 + the index in runs of the records of the partition, 0: none
}

// run is a stretch of records of one partition.
type run struct{ slot, end int }

// NewTrack starts a track at a position.
func NewTrack(from Position) *Track {
	to := Position{from.Layout, append([]int64(nil), from.Next...)}
	return &Track{from: from, to: to, rank: make([]int32, from.Layout.slots)}
}

// Add appends the records of one partition, in the order of their offsets. next is where the
// partition stands after them; it may be past the last one, over offsets that hold no record.
// A partition is added once.
func (t *Track) Add(slot int, records []*core.Record, next int64) {
	t.to.Next[slot] = next
	if len(records) == 0 {
		return
	}
	t.records = append(t.records, records...)
	t.runs = append(t.runs, run{slot, len(t.records)})
	t.rank[slot] = int32(len(t.runs))
}

// Records are the records of the track. The slice must not be changed.
func (t *Track) Records() []*core.Record { return t.records }

// From is the position before the first record.
func (t *Track) From() Position { return t.from }

// To is the position after the last record.
func (t *Track) To() Position { return t.to }

// AppendID appends the plain text id of the i-th record.
func (t *Track) AppendID(dst []byte, i int) []byte {
	now := sort.Search(len(t.runs), func(k int) bool { return i < t.runs[k].end })
	rank, topics := int32(now)+1, t.from.Layout.topics
	for k := range topics {
		topic := &topics[k]
		dst = appendName(dst, k, topic.Name)
		if topic.Partitions == 0 {
			dst = append(dst, "@0#-1"...)
		}
		for p := range topic.Partitions {
			slot := topic.first + p
			offset := t.from.Next[slot] - 1
			switch r := t.rank[slot]; {
			case r == rank:
				offset = t.records[i].Offset
			case r == 0 || r < rank: // received, or passed without a record
				offset = t.to.Next[slot] - 1
			}
			dst = appendPartition(dst, p == 0, int64(p), offset)
		}
	}
	return dst
}

// PositionAt is the position after the first n records.
func (t *Track) PositionAt(n int) Position {
	if n >= len(t.records) {
		return t.to
	}
	at := Position{t.from.Layout, append([]int64(nil), t.from.Next...)}
	first := 0
	for _, r := range t.runs {
		if first >= n {
			break
		}
		at.Next[r.slot] = t.to.Next[r.slot]
		if r.end > n {
			at.Next[r.slot] = t.records[n-1].Offset + 1
		}
		first = r.end
	}
	return at
}

// Run is a stretch [First, End) of the records of a track: those of one partition.
type Run struct {
	Topic      int // index in the layout
	Partition  int32
	First, End int
	Next       int64 // where the partition stands after it
}

// Runs gives the runs in the order of their records.
func (t *Track) Runs() iter.Seq[Run] {
	return func(yield func(Run) bool) {
		first := 0
		for _, r := range t.runs {
			topic, partition := t.from.Layout.owner(r.slot)
			if !yield(Run{topic, partition, first, r.end, t.to.Next[r.slot]}) {
				return
			}
			first = r.end
		}
	}
}
