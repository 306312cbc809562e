package pull

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// answer is what one pull gave: its records, their ids, and where the next one goes on.
type answer struct {
	values, ids []string
	next        string
}

// pull reads n records, settles and closes.
func (r *rig) pull(read qos.Reading, n int) answer {
	r.t.Helper()
	s := r.open(read)
	var a answer
	over := time.After(patience)
	for len(a.values) < n {
		b, ready, err := s.Poll(n - len(a.values))
		if err != nil {
			r.t.Fatal(err)
		}
		if b == nil {
			select {
			case <-ready:
			case <-over:
				r.t.Fatalf("got %v, want %d records", a.values, n)
			}
			continue
		}
		for i := range b.Len() {
			a.values = append(a.values, string(b.Record(i).Value))
			a.ids = append(a.ids, string(b.AppendID(nil, i, false)))
		}
		s.Settle(b, b.Len())
	}
	a.next = string(s.Cursor(nil))
	if err := s.Close(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	return a
}

func (r *rig) committed(topic string) (list []int64) {
	r.t.Helper()
	c, err := r.cluster.Committed(context.Background(), "g.pull")
	if err != nil {
		r.t.Fatal(err)
	}
	for id := int32(0); ; id++ {
		at, ok := c.At(topic, id)
		if !ok {
			return list
		}
		list = append(list, at)
	}
}

// withIDs are the levels of pulls that have ids.
var withIDs = []endpoint.QoS{endpoint.AtBest, endpoint.AtLeastOnce}

func TestIDsAndCursor(t *testing.T) {
	for _, level := range withIDs {
		r := newRig(t, Config{}, kfake.SeedTopics(2, "orders"))
		r.write("orders", 1, numbers(0, 5)...)
		read := reading("orders")
		read.Level = level
		first := r.pull(read, 3)
		if want := []string{"orders@0#-1,1#0", "orders@0#-1,1#1", "orders@0#-1,1#2"}; !slices.Equal(first.ids, want) {
			t.Errorf("%s: ids %v, want %v", level, first.ids, want)
		}
		if first.next != first.ids[2] {
			t.Errorf("%s: next cursor %s, want the last id %s", level, first.next, first.ids[2])
		}
		if got := r.committed("orders"); !slices.Equal(got, []int64{0, 3}) {
			t.Errorf("%s: committed %v, want 0 and 3", level, got)
		}
		// The cursor wins over the committed offset, backwards too; without one the commit counts.
		read.Cursor = first.ids[0]
		if got := r.pull(read, 2).values; !slices.Equal(got, numbers(1, 3)) {
			t.Errorf("%s: from the first id: got %v, want 1 2", level, got)
		}
		read.Cursor = "orders@0#-1,1#3"
		if got := r.pull(read, 1).values; !slices.Equal(got, numbers(4, 5)) {
			t.Errorf("%s: from ahead of the commit: got %v, want 4", level, got)
		}
		read.Cursor = ""
		if got := r.pull(read, 0); got.next != "orders@0#-1,1#4" {
			t.Errorf("%s: without a cursor: begins after %s, want the commit", level, got.next)
		}
	}
}

func TestBalancedIgnoresCursors(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 2)...)
	read := reading("orders")
	read.Cursor = "not a cursor"
	got := r.pull(read, 2)
	if !slices.Equal(got.values, numbers(0, 2)) || got.next != "" || got.ids[0] != "" {
		t.Errorf("got %+v, want records without ids", got)
	}
}

// TestAckCursor: an answer counts as delivered when the next pull presents its cursor.
func TestAckCursor(t *testing.T) {
	for _, level := range withIDs {
		r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
		r.write("orders", 0, numbers(0, 6)...)
		read := reading("orders")
		read.Level, read.AckCursor = level, true
		first := r.pull(read, 2)
		if got := r.committed("orders"); !slices.Equal(got, []int64{0}) {
			t.Errorf("%s: committed %v after the first answer, want its start", level, got)
		}
		// The answer got lost: the client asks again.
		if again := r.pull(read, 2); !slices.Equal(again.values, first.values) {
			t.Errorf("%s: without the cursor: got %v, want %v again", level, again.values, first.values)
		}
		read.Cursor = first.next
		s := r.open(read)
		if got := r.committed("orders"); !slices.Equal(got, []int64{2}) {
			t.Errorf("%s: committed %v when the cursor was presented, want 2", level, got)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if got := r.pull(read, 4); !slices.Equal(got.values, numbers(2, 6)) {
			t.Errorf("%s: with the cursor: got %v, want 2 to 5", level, got.values)
		}
		if got := r.committed("orders"); !slices.Equal(got, []int64{2}) {
			t.Errorf("%s: committed %v after the second answer, want 2", level, got)
		}
	}
}

func TestCursorsThatAreRefused(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 2)...)
	for cursor, want := range map[string]string{
		"orders@0#2": `check cursor: FAILURE_INVALID_CURSOR: the cursor is beyond the end of partition 0 of topic "orders": it says offset 2, the next one to be written is 2`,
		"others@0#0": `check cursor: FAILURE_INVALID_CURSOR: the cursor names topic "others", which this operation does not read`,
	} {
		read := reading("orders")
		read.Level, read.Cursor = endpoint.AtBest, cursor
		if _, err := r.pulls.Open(t.Context(), read); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", cursor, err, want)
		}
	}
	read := reading("orders")
	read.Level, read.Cursor = endpoint.AtBest, "#"
	if _, err := r.pulls.Open(t.Context(), read); core.CodeOf(err) != core.CodeInvalidCursor {
		t.Errorf("malformed: got %v, want %s", err, core.CodeInvalidCursor)
	}
}

// TestTurnThatDoesNotCome: the client keeps its place.
func TestTurnThatDoesNotCome(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 2)...)
	read := reading("orders")
	read.Level, read.Wait = endpoint.AtBest, 10*time.Millisecond
	first := r.open(read)
	read.Cursor = "b3JkZXJzQDAjMA=="
	second := r.open(read)
	if got := string(second.Cursor(nil)); got != "orders@0#0" {
		t.Errorf("cursor: got %q, want orders@0#0", got)
	}
	if err := first.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
