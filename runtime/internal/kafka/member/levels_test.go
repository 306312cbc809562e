package member

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// at is a reading at a level, from a cursor.
func at(level endpoint.QoS, cursor string, topics ...string) qos.Reading {
	r := reading(topics...)
	r.Level, r.Cursor = level, cursor
	return r
}

func id(b *qos.Batch, i int) string { return string(b.AppendID(nil, i, false)) }

func valuesOf(b *qos.Batch) (list []string) {
	for i := range b.Len() {
		list = append(list, string(b.Record(i).Value))
	}
	return list
}

func TestIDsNameTheBoundPartitions(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(2, "orders"), kfake.SeedTopics(1, "users"))
	s := open(t, r.groups, at(endpoint.AtBest, "", "users", "orders"))
	eventually(t, "the start of every partition", func() bool {
		return string(s.Cursor(nil)) == "orders@0#-1,1#-1;users@0#-1"
	})
	for p := range int32(2) {
		r.write("orders", p, "0", "1")
	}
	r.write("users", 0, "0")
	next := map[string]int64{"orders0": 0, "orders1": 0, "users0": 0}
	for seen := 0; seen < 5; {
		b := poll(t, s, 3)
		for i := range b.Len() {
			rec := b.Record(i)
			next[fmt.Sprint(rec.Topic, rec.Partition)] = rec.Offset + 1
			want := fmt.Sprintf("orders@0#%d,1#%d;users@0#%d", next["orders0"]-1, next["orders1"]-1, next["users0"]-1)
			if got := id(b, i); got != want {
				t.Errorf("id: got %s, want %s", got, want)
			}
		}
		seen += b.Len()
		if got, want := string(s.Cursor(nil)), id(b, b.Len()-1); got != want {
			t.Errorf("cursor after the batch: got %s, want its last id %s", got, want)
		}
		s.Settle(b, b.Len())
	}
	other := open(t, r.groups, at(endpoint.AtBest, "", "users", "orders"))
	// One of three partitions moved: each names its own, and together they name all.
	if got := len(s.Cursor(nil)) + len(other.Cursor(nil)); got != len("orders@0#1,1#1")+len("users@0#0") &&
		got != len("orders@0#1;users@0#0")+len("orders@1#1") {
		t.Errorf("cursors of two connections: %s and %s", s.Cursor(nil), other.Cursor(nil))
	}
	closeStream(t, s)
	closeStream(t, other)
}

func TestBalancedHasNoIDs(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 2)...)
	s := open(t, r.groups, at(endpoint.Balanced, "orders@0#0", "orders")) // ignored
	b := poll(t, s, 0)
	if got := valuesOf(b); !slices.Equal(got, numbers(0, 2)) || b.HasIDs() || len(s.Cursor(nil)) != 0 {
		t.Errorf("got %v, ids %v, cursor %q", got, b.HasIDs(), s.Cursor(nil))
	}
	closeStream(t, s)
}

func TestCursorAgainstCommit(t *testing.T) {
	for _, tt := range []struct {
		level  endpoint.QoS
		cursor string
		want   string // committed are 0 to 4
	}{
		{endpoint.AtBest, "orders@0#1", "2"},
		{endpoint.AtBest, "orders@0#6", "7"},
		{endpoint.AtBest, "orders@0#-1", "0"},
		{endpoint.AtLeastOnce, "orders@0#1", "2"},
		{endpoint.AtLeastOnce, "orders@0#6", "7"},
		{endpoint.AtMostOnce, "orders@0#1", "5"},
		{endpoint.AtMostOnce, "orders@0#6", "7"},
	} {
		// The first connection of a member and a later one get the cursor in different ways.
		for _, later := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.level, tt.cursor, later), func(t *testing.T) {
				r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
				r.write("orders", 0, numbers(0, 9)...)
				first := open(t, r.groups, reading("orders"))
				first.Settle(poll(t, first, 5), 5)
				var s qos.Stream
				if later {
					s = open(t, r.groups, at(tt.level, tt.cursor, "orders"))
					closeStream(t, first)
				} else {
					closeStream(t, first)
					s = open(t, r.groups, at(tt.level, tt.cursor, "orders"))
				}
				b := poll(t, s, 1)
				if got := string(b.Record(0).Value); got != tt.want {
					t.Errorf("begins with %s, want %s", got, tt.want)
				}
				s.Settle(b, 1)
				var rest []string
				for len(rest) == 0 || rest[len(rest)-1] != "8" {
					b := poll(t, s, 0)
					rest = append(rest, valuesOf(b)...)
					s.Settle(b, b.Len())
				}
				n := 0
				if _, err := fmt.Sscan(tt.want, &n); err != nil || !slices.Equal(rest, numbers(n+1, 9)) {
					t.Errorf("goes on with %v after %s (%v)", rest, tt.want, err)
				}
				closeStream(t, s)
				if got := committed(t, r, "orders", 0); got != 9 {
					t.Errorf("committed %d, want 9", got)
				}
			})
		}
	}
}

func TestCursorIsAppliedOnce(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 4)...)
	s := open(t, r.groups, at(endpoint.AtBest, "orders@0#0", "orders"))
	b := poll(t, s, 2)
	if got := valuesOf(b); !slices.Equal(got, []string{"1", "2"}) {
		t.Fatalf("got %v, want 1 2", got)
	}
	s.Settle(b, 2)
	m := r.groups.list()[0]
	m.mu.Lock()
	p := m.parts[place{"orders", 0}]
	if got := s.(*Stream).resume(p, 3); got != 3 {
		t.Errorf("bound again: begins at %d, want 3", got)
	}
	m.mu.Unlock()
	closeStream(t, s)
}

func TestCursorsThatAreRefused(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(2, "orders"))
	r.write("orders", 0, numbers(0, 4)...)
	deleteRecords(t, r, "orders", 0, 2)
	for cursor, want := range map[string]string{
		"orders@0#4":  `check cursor: FAILURE_INVALID_CURSOR: the cursor is beyond the end of partition 0 of topic "orders": it says offset 4, the next one to be written is 4`,
		"others@0#1":  `check cursor: FAILURE_INVALID_CURSOR: the cursor names topic "others", which this operation does not read`,
		"orders@0#0":  `check cursor: FAILURE_CURSOR_GONE: the cursor is older than the log: partition 0 of topic "orders" starts at offset 2`,
		"orders@1#-1": "", // partition 0 was not bound to the connection
	} {
		s, err := r.groups.Open(t.Context(), at(endpoint.AtLeastOnce, cursor, "orders"))
		switch {
		case err == nil && want != "", err != nil && err.Error() != want:
			t.Errorf("%s: got %v, want %s", cursor, err, want)
		}
		if s != nil {
			closeStream(t, s)
		}
	}
}

func TestAcksInAnyOrder(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 6)...)
	s := open(t, r.groups, at(endpoint.AtLeastOnce, "", "orders"))
	b := poll(t, s, 6)
	ack := func(i int) {
		t.Helper()
		if !s.Ack(b, i) {
			t.Errorf("ack of %d: lost", i)
		}
	}
	ack(1)
	ack(3)
	time.Sleep(60 * time.Millisecond) // three times the commit interval
	if got := committed(t, r, "orders", 0); got > 0 {
		t.Errorf("committed %d while record 0 is not acknowledged", got)
	}
	ack(0)
	eventually(t, "commit of the contiguous part", func() bool { return committed(t, r, "orders", 0) == 2 })
	ack(2)
	eventually(t, "commit of the contiguous part", func() bool { return committed(t, r, "orders", 0) == 4 })
	ack(5)
	closeStream(t, s)
	if got := committed(t, r, "orders", 0); got != 4 {
		t.Errorf("committed %d, want 4: record 4 was not acknowledged", got)
	}
	s = open(t, r.groups, at(endpoint.AtLeastOnce, "", "orders"))
	if got := valuesOf(poll(t, s, 0)); got[0] != "4" {
		t.Errorf("next connection: got %v, want 4 first", got)
	}
	closeStream(t, s)
}

// TestAcknowledgedAheadIsNotGivenAgain: within one process.
func TestAcknowledgedAheadIsNotGivenAgain(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 5)...)
	first := open(t, r.groups, at(endpoint.AtLeastOnce, "", "orders"))
	second := open(t, r.groups, at(endpoint.AtLeastOnce, "", "orders"))
	b := poll(t, first, 4)
	first.Ack(b, 0)
	first.Ack(b, 2)
	closeStream(t, first)
	var got []string
	for len(got) < 3 {
		b := poll(t, second, 2)
		got = append(got, valuesOf(b)...)
		for i := range b.Len() {
			second.Ack(b, i)
		}
	}
	if want := []string{"1", "3", "4"}; !slices.Equal(got, want) {
		t.Errorf("second connection: got %v, want %v", got, want)
	}
	closeStream(t, second)
	if got := committed(t, r, "orders", 0); got != 5 {
		t.Errorf("committed %d, want 5", got)
	}
}

func TestSkippedRecordsNeedNoAck(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, "a", "skip", "b", "skip")
	read := at(endpoint.AtLeastOnce, "", "orders")
	read.Transform = &qos.Transform{Apply: func(_ context.Context, rec *core.Record) (*core.Record, error) {
		if string(rec.Value) == "skip" {
			return nil, core.ErrSkip
		}
		return rec, nil
	}}
	s := open(t, r.groups, read)
	b := poll(t, s, 4)
	if b.Record(1) != nil || b.Record(3) != nil {
		t.Fatal("records were not skipped")
	}
	s.Ack(b, 2)
	s.Ack(b, 0)
	eventually(t, "commit of all", func() bool { return committed(t, r, "orders", 0) == 4 })
	closeStream(t, s)
}

func TestAckAfterRevocationIsLost(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(2, "orders"))
	_, other := r.process(Config{})
	r.write("orders", 0, numbers(0, 2)...)
	r.write("orders", 1, numbers(0, 2)...)
	s := open(t, r.groups, at(endpoint.AtLeastOnce, "", "orders"))
	var batches []*qos.Batch
	for n := 0; n < 4; {
		b := poll(t, s, 1)
		batches = append(batches, b)
		n += b.Len()
	}
	start := time.Now()
	second := open(t, other, at(endpoint.AtLeastOnce, "", "orders"))
	again := poll(t, second, 2) // after the bounded wait
	if took := time.Since(start); took < settleWait {
		t.Errorf("the partition was given up after %s, want %s at least", took, settleWait)
	}
	moved := again.Record(0).Partition
	for _, b := range batches {
		if kept := b.Record(0).Partition != moved; s.Ack(b, 0) != kept {
			t.Errorf("ack of %s: got %t, want %t", show(b.Record(0)), !kept, kept)
		}
	}
	if got := committed(t, r, "orders", moved); got > 0 {
		t.Errorf("committed %d of the moved partition: nothing of it was acknowledged in time", got)
	}
	closeStream(t, s)
	if got := committed(t, r, "orders", 1-moved); got != 2 {
		t.Errorf("committed %d of the kept partition, want 2", got)
	}
	closeStream(t, second)
}

func TestHaltStopsOnePartition(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(2, "orders"))
	r.write("orders", 0, numbers(0, 3)...)
	s := open(t, r.groups, at(endpoint.AtLeastOnce, "", "orders"))
	b := poll(t, s, 2)
	s.Ack(b, 1)
	s.Halt(b, 0)
	r.write("orders", 0, numbers(3, 40)...)
	r.write("orders", 1, numbers(0, 3)...)
	for n := 0; n < 3; {
		b := poll(t, s, 0)
		for i := range b.Len() {
			if rec := b.Record(i); rec.Partition != 1 {
				t.Errorf("got %s of the halted partition", show(rec))
			}
			s.Ack(b, i)
		}
		n += b.Len()
		if got, want := id(b, b.Len()-1), fmt.Sprintf("orders@0#-1,1#%d", b.Record(b.Len()-1).Offset); got != want {
			t.Errorf("id: got %s, want %s: the halted partition stands before the record", got, want)
		}
	}
	if b, _, err := s.Poll(0); b != nil || err != nil {
		t.Errorf("poll: got %v, %v, want nothing", b, err)
	}
	closeStream(t, s)
	s = open(t, r.groups, at(endpoint.AtLeastOnce, "", "orders"))
	if got := show(poll(t, s, 1).Record(0)); got != "0:0" {
		t.Errorf("next connection: got %s, want 0:0", got)
	}
	closeStream(t, s)
}

// TestAllSkipped: a hook that takes hardly any record does not stop the stream, although nobody
// acknowledges anything.
func TestAllSkipped(t *testing.T) {
	r := newRig(t, Config{BytesPerStream: 1 << 10}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 200)...)
	read := at(endpoint.AtLeastOnce, "", "orders")
	read.Transform = &qos.Transform{Apply: func(_ context.Context, rec *core.Record) (*core.Record, error) {
		if rec.Offset < 199 {
			return nil, core.ErrSkip
		}
		return rec, nil
	}}
	s := open(t, r.groups, read)
	for seen := false; !seen; {
		b := poll(t, s, 10)
		for i := range b.Len() {
			if b.Record(i) != nil {
				seen = s.Ack(b, i)
			}
		}
	}
	eventually(t, "commit of all", func() bool { return committed(t, r, "orders", 0) == 200 })
	closeStream(t, s)
}
