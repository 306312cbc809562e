package cursor

import (
	"fmt"
	"slices"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func records(topic string, partition int32, offsets ...int64) []*core.Record {
	var out []*core.Record
	for _, o := range offsets {
		out = append(out, &core.Record{Topic: topic, Partition: partition, Offset: o})
	}
	return out
}

func example() *Track {
	layout := NewLayout([]Topic{{Name: "u", Partitions: 1}, {Name: "none"}, {Name: "t", Partitions: 3}})
	track := NewTrack(Position{layout, []int64{5, 0, 9, 100}})
	track.Add(1, records("t", 1, 0, 2), 4) // offset 1 is compacted away, 3 is a control record
	track.Add(2, nil, 10)                  // a control record alone
	track.Add(3, records("u", 0, 100), 101)
	return track
}

func TestTrackIDs(t *testing.T) {
	track := example()
	want := []string{
		"none@0#-1;t@0#4,1#0,2#9;u@0#99",
		"none@0#-1;t@0#4,1#2,2#9;u@0#99",
		"none@0#-1;t@0#4,1#3,2#9;u@0#100",
	}
	for i, w := range want {
		if got := string(track.AppendID(nil, i)); got != w {
			t.Errorf("id %d = %q, want %q", i, got, w)
		}
	}
	if got, want := string(track.To().Append(nil)), "none@0#-1;t@0#4,1#3,2#9;u@0#100"; got != want {
		t.Errorf("to %q, want %q", got, want)
	}
	if got, want := string(track.From().Append(nil)), "none@0#-1;t@0#4,1#-1,2#8;u@0#99"; got != want {
		t.Errorf("from %q, want %q", got, want)
	}
	if c := track.To().Cursor().String(); c != string(track.To().Append(nil)) {
		t.Errorf("as a cursor %q", c)
	}
}

func TestTrackRuns(t *testing.T) {
	got := slices.Collect(example().Runs())
	want := []Run{
		{Topic: 1, Partition: 1, First: 0, End: 2, Next: 4},
		{Topic: 2, Partition: 0, First: 2, End: 3, Next: 101},
	}
	if !slices.Equal(got, want) {
		t.Errorf("runs %+v, want %+v", got, want)
	}
}

func TestPositions(t *testing.T) {
	id, other := TopicID{1}, TopicID{2}
	at := func(id TopicID, next ...int64) Position {
		return Position{NewLayout([]Topic{{Name: "t", ID: id, Partitions: len(next)}}), next}
	}
	tests := []struct {
		name    string
		a, b    Position
		reaches bool
		matches bool
		over    string
	}{
		{"equal", at(id, 3, 4), at(id, 3, 4), true, true, "t@0#2,1#3"},
		{"ahead", at(id, 3, 5), at(id, 3, 4), true, true, "t@0#2,1#4"},
		{"behind in one", at(id, 9, 3), at(id, 3, 4), false, true, "t@0#8,1#3"},
		{"knows fewer partitions", at(id, 3), at(id, 3, 0), true, true, "t@0#2,1#-1"},
		{"knows fewer partitions, behind", at(id, 3), at(id, 3, 1), false, true, "t@0#2,1#0"},
		{"knows more partitions", at(id, 3, 7), at(id, 3), true, true, "t@0#2,1#6"},
		{"did not exist", at(TopicID{}), at(id, 3), false, true, "t@0#2"},
		{"id unknown", at(TopicID{}, 9), at(id, 3), true, true, "t@0#8"},
		{"made again", at(id, 100), at(other, 3), true, false, "t@0#2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.a.Reaches(tt.b); got != tt.reaches {
				t.Errorf("Reaches = %t", got)
			}
			if got := tt.a.Matches(tt.b); got != tt.matches {
				t.Errorf("Matches = %t", got)
			}
			if got := string(tt.a.Over(tt.b).Append(nil)); got != tt.over {
				t.Errorf("Over = %q, want %q", got, tt.over)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	layout := NewLayout([]Topic{{Name: "t", Partitions: 2}, {Name: "u", Partitions: 1}})
	for text, want := range map[string]bool{
		"t@0#4,1#7;u@0#-1": true,
		"t@0#4;u@0#-1":     false,
		"t@0#4,2#7;u@0#-1": false,
		"t@0#4,1#7":        false,
		"t@0#4,1#7;x@0#1":  false,
	} {
		p, ok := layout.Resolve(mustParse(t, text))
		if ok != want {
			t.Errorf("Resolve(%q) = %t", text, ok)
		}
		if ok && string(p.Append(nil)) != text {
			t.Errorf("Resolve(%q) = %q", text, p.Append(nil))
		}
	}
}

func TestAppendIDDoesNotAllocate(t *testing.T) {
	track, dst := example(), make([]byte, 0, 256)
	if n := testing.AllocsPerRun(100, func() { dst = track.AppendID(dst[:0], 1) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAppendID(b *testing.B) {
	for _, partitions := range []int{1, 6, 100} {
		b.Run(fmt.Sprintf("partitions=%d", partitions), func(b *testing.B) {
			next := make([]int64, partitions)
			for i := range next {
				next[i] = 1_000_000
			}
			track := NewTrack(Position{NewLayout([]Topic{{Name: "telemetry", Partitions: partitions}}), next})
			track.Add(0, records("telemetry", 0, 1_000_000), 1_000_001)
			dst := make([]byte, 0, 4096)
			b.ReportAllocs()
			for b.Loop() {
				dst = track.AppendID(dst[:0], 0)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	text := encode("telemetry@0#1000000,1#1000000,2#1000000,3#1000000,4#1000000,5#1000000")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
