package hub

import (
	"slices"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

func TestLatestStartsAtTheEnd(t *testing.T) {
	r := newRig(t, withTopic(2, "t"))
	r.put("t", 0, "old")
	s := r.open(qos.Reading{Topics: []string{"t"}})
	equal(t, "cursor", cursorOf(s), "t@0#0,1#-1")
	r.put("t", 1, "a")
	equal(t, "value", values(take(t, s, 1))[0], "a")
	equal(t, "cursor", cursorOf(s), "t@0#0,1#0")
	r.put("t", 0, "b")
	equal(t, "value", values(take(t, s, 1))[0], "b")
	equal(t, "cursor", cursorOf(s), "t@0#1,1#0")
	idle(t, s)
}

func TestLatestOnALiveFeed(t *testing.T) {
	r := newRig(t, withTopic(1, "t"))
	first := r.open(qos.Reading{Topics: []string{"t"}})
	for i := range 20 {
		r.put("t", 0, "before")
		s := r.open(qos.Reading{Topics: []string{"t"}})
		r.put("t", 0, "after")
		if got := values(take(t, s, 1)); got[0] != "after" {
			t.Fatalf("round %d: %v", i, got)
		}
	}
	equal(t, "records of the first", len(take(t, first, 40)), 40)
}

func TestEarliestCatchesUpAndJoins(t *testing.T) {
	r := newRig(t, withTopic(3, "t"))
	r.fill("t", 3, 0, 100)
	s := r.open(qos.Reading{Topics: []string{"t"}, Reset: qos.Earliest})
	equal(t, "cursor", cursorOf(s), "t@0#-1,1#-1,2#-1")
	take(t, s, 300)
	equal(t, "cursor", cursorOf(s), "t@0#99,1#99,2#99")
	r.put("t", 2, "live")
	equal(t, "value", values(take(t, s, 1))[0], "live")
	equal(t, "joined the feed", following(t, s), true)
}

func TestCursorResumes(t *testing.T) {
	r := newRig(t, withTopic(2, "t"))
	r.fill("t", 2, 0, 10)
	s := r.open(qos.Reading{Topics: []string{"t"}, Cursor: "t@0#7,1#9"})
	equal(t, "values", slices.Equal(values(take(t, s, 2)), []string{"8", "9"}), true)
	idle(t, s)
}

func TestStreamsThatOpenTogetherShareListings(t *testing.T) {
	r := newRig(t, withTopic(1, "t"))
	r.open(qos.Reading{Topics: []string{"t"}})
	stall := r.broker.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Observe: true})
	defer stall.Remove()
	var opening sync.WaitGroup
	for range 200 {
		opening.Go(func() {
			s, err := r.tryOpen(qos.Reading{Topics: []string{"t"}})
			if err != nil {
				t.Error(err)
				return
			}
			equal(t, "cursor", cursorOf(s), "t@0#-1")
			finishStream(t, s)
		})
	}
	opening.Wait()
	if asked := stall.Hits(); asked > 200 { // three requests for each listing
		t.Errorf("%d requests for 200 streams", asked)
	}
}
