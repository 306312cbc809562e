package hub

import (
	"slices"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
)

func someRecords(first, end int64) []*core.Record {
	var records []*core.Record
	for o := first; o < end; o++ {
		records = append(records, &core.Record{Topic: "t", Offset: o, Value: make([]byte, 100)})
	}
	return records
}

func offsets(records []*core.Record) []int64 {
	var out []int64
	for _, r := range records {
		out = append(out, r.Offset)
	}
	return out
}

func TestGatherLeavesOutWhatTheFeedsHave(t *testing.T) {
	have := &topic{name: "t", added: true, next: []int64{5, 0}, fresh: make([]freshness, 2)}
	early := &topic{name: "u", next: []int64{0}, fresh: make([]freshness, 1)}
	h := &Hub{topics: map[string]*topic{"t": have, "u": early}}
	touched := h.gather([]part{
		{"t", 0, freshness{someRecords(3, 7), 7}}, // read again after a partition was added again
		{"t", 0, freshness{someRecords(7, 8), 9}}, // and by another broker; 8 is a control record
		{"t", 1, freshness{nil, 0}},
		{"t", 2, freshness{someRecords(0, 1), 1}}, // unknown
		{"u", 0, freshness{someRecords(0, 1), 1}}, // of an assignment that is gone
		{"x", 0, freshness{someRecords(0, 1), 1}},
	})
	equal(t, "topics", len(touched), 1)
	equal(t, "offsets", slices.Equal(offsets(have.fresh[0].records), []int64{5, 6, 7}), true)
	equal(t, "next", have.fresh[0].next, 9)
	equal(t, "dirty", slices.Equal(have.dirty, []int32{0}), true)
}

func TestBuilderCutsNodes(t *testing.T) {
	layout := cursor.NewLayout([]cursor.Topic{{Name: "t", Partitions: 2}})
	size := int64(someRecords(0, 1)[0].Size())
	b := builder{limit: 3 * size, track: cursor.NewTrack(cursor.Position{Layout: layout, Next: []int64{0, 0}})}
	b.add(0, 0, freshness{someRecords(0, 7), 8})
	b.add(0, 1, freshness{someRecords(0, 1), 1})
	b.finish()
	var got []string
	for _, n := range b.nodes {
		records := n.track.Records()
		got = append(got, string(n.track.From().Append(nil))+" → "+string(n.track.AppendID(nil, len(records)-1))+" → "+string(n.track.To().Append(nil)))
	}
	want := []string{
		"t@0#-1,1#-1 → t@0#2,1#-1 → t@0#2,1#-1",
		"t@0#2,1#-1 → t@0#5,1#-1 → t@0#5,1#-1",
		"t@0#5,1#-1 → t@0#7,1#0 → t@0#7,1#0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
