package hub

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

func (r *rig) create(topic string, partitions int32) {
	r.t.Helper()
	resp, err := r.admin().CreateTopic(context.Background(), partitions, 1, nil, topic)
	must(r.t, err)
	must(r.t, resp.Err)
	r.forget(topic)
}

func (r *rig) remove(topic string) {
	r.t.Helper()
	resp, err := r.admin().DeleteTopic(context.Background(), topic)
	must(r.t, err)
	must(r.t, resp.Err)
	r.forget(topic)
}

// forget makes the producer ask about a topic again.
func (r *rig) forget(topic string) { r.producer.PurgeTopicsFromProducing(topic) }

func TestTopicsThatAppearLater(t *testing.T) {
	r := newRig(t, withTopic(1, "t"))
	s := r.open(qos.Reading{Topics: []string{"later", "t"}})
	equal(t, "cursor", cursorOf(s), "later@0#-1;t@0#-1")
	r.put("t", 0, "a")
	equal(t, "value", values(take(t, s, 1))[0], "a")
	resumed := r.open(qos.Reading{Topics: []string{"later", "t"}, Cursor: cursorOf(s)})
	r.create("later", 2)
	r.put("later", 1, "b")
	r.put("later", 0, "c")
	for what, s := range map[string]qos.Stream{"before": s, "resumed": resumed} {
		got := values(take(t, s, 2))
		slices.Sort(got)
		equal(t, what, slices.Equal(got, []string{"b", "c"}), true)
		equal(t, what, cursorOf(s), "later@0#0,1#0;t@0#0")
	}
	after := r.open(qos.Reading{Topics: []string{"later"}})
	equal(t, "a stream that is opened later starts at the end", cursorOf(after), "later@0#0,1#0")
}

func TestPartitionsThatAppearLater(t *testing.T) {
	r := newRig(t, withTopic(1, "t"))
	s := r.open(qos.Reading{Topics: []string{"t"}})
	resp, err := r.admin().CreatePartitions(context.Background(), 2, "t")
	must(t, err)
	must(t, resp.Error())
	r.forget("t")
	r.put("t", 2, "a")
	// This one knows the partitions from the first moment, and the hub may not yet.
	late := r.open(qos.Reading{Topics: []string{"t"}})
	equal(t, "cursor", cursorOf(late), "t@0#-1,1#-1,2#0")
	r.put("t", 2, "b")
	equal(t, "both", slices.Equal(values(take(t, s, 2)), []string{"a", "b"}), true)
	equal(t, "the new one", values(take(t, late, 1))[0], "b")
	old := r.open(qos.Reading{Topics: []string{"t"}, Cursor: "t@0#-1"})
	equal(t, "by a cursor from before", slices.Equal(values(take(t, old, 2)), []string{"a", "b"}), true)
}

func TestTopicIsMadeAgain(t *testing.T) {
	r := newRig(t, withTopic(1, "t", "other"))
	s := r.open(qos.Reading{Topics: []string{"other", "t"}})
	r.fill("t", 1, 0, 10)
	take(t, s, 10)
	r.remove("t")
	r.put("other", 0, "meanwhile")
	equal(t, "value", values(take(t, s, 1))[0], "meanwhile")
	r.create("t", 1)
	eventually(t, "the cursor is of the new topic", func() bool { return cursorOf(s) == "other@0#0;t@0#-1" })
	r.put("t", 0, "new")
	r.put("t", 0, "newer")
	equal(t, "of the new topic", slices.Equal(values(take(t, s, 2)), []string{"new", "newer"}), true)
	equal(t, "cursor", cursorOf(s), "other@0#0;t@0#1")
	r.put("other", 0, "on")
	equal(t, "value", values(take(t, s, 1))[0], "on")
}

func TestTopicIsMadeAgainWhileCatchingUp(t *testing.T) {
	r := newRig(t, withTopic(1, "t"), withHub(Config{BytesPerTopic: 4 << 10, NodeBytes: 1 << 10}))
	r.fill("t", 1, 0, 20_000)
	s := r.open(qos.Reading{Topics: []string{"t"}, Reset: qos.Earliest})
	take(t, s, 10)
	r.remove("t")
	r.create("t", 1)
	r.put("t", 0, "new")
	deadline := time.Now().Add(patienceOfTests)
	for { // what was fetched of the first topic may still come
		if got := values(take(t, s, 1)); got[0] == "new" {
			break
		} else if time.Now().After(deadline) {
			t.Fatal("the new topic is never read")
		}
	}
	equal(t, "cursor", cursorOf(s), "t@0#0")
}

func TestTopicSetsShareTheClient(t *testing.T) {
	r := newRig(t, withTopic(1, "t", "u"))
	both := r.open(qos.Reading{Topics: []string{"u", "t", "u"}})
	one := r.open(qos.Reading{Topics: []string{"t"}})
	same := r.open(qos.Reading{Topics: []string{"t", "u"}})
	r.put("t", 0, "a")
	r.put("u", 0, "b")
	for _, s := range []qos.Stream{both, same} {
		got := values(take(t, s, 2))
		slices.Sort(got)
		equal(t, "both", slices.Equal(got, []string{"a", "b"}), true)
	}
	equal(t, "one", values(take(t, one, 1))[0], "a")
	idle(t, one)
	equal(t, "feeds", len(r.hub.feeds), 2)
	if both.(*stream).feed != same.(*stream).feed {
		t.Error("equal topic sets have two feeds")
	}
}

func TestTooManyTopics(t *testing.T) {
	r := newRig(t, withTopic(1, "t", "u"), withHub(Config{Topics: 1}))
	r.open(qos.Reading{Topics: []string{"t"}})
	_, err := r.tryOpen(qos.Reading{Topics: []string{"u"}})
	equal(t, "error", errorText(err), "read: FAILURE_TOO_MANY_CLIENTS: more than 1 topics or sets of topics")
}

func TestIdleFeedsAndClientsAreGivenUp(t *testing.T) {
	r := newRig(t, withTopic(1, "t", "u"), withHub(Config{Idle: 50 * time.Millisecond, TopicRefresh: 10 * time.Millisecond}))
	keep := r.open(qos.Reading{Topics: []string{"u"}})
	for range 3 {
		s, err := r.tryOpen(qos.Reading{Topics: []string{"t"}})
		must(t, err)
		r.put("t", 0, "a")
		take(t, s, 1)
		must(t, s.Close(context.Background()))
		eventually(t, "the topic is given up", func() bool {
			r.hub.mu.Lock()
			defer r.hub.mu.Unlock()
			return r.hub.topics["t"] == nil && len(r.hub.feeds) == 1
		})
		r.put("t", 0, "unseen")
	}
	r.put("u", 0, "b")
	equal(t, "value", values(take(t, keep, 1))[0], "b")
}

func TestClientIsClosedAndMadeAgain(t *testing.T) {
	r := newRig(t, withTopic(1, "t"), withHub(Config{Idle: 50 * time.Millisecond, TopicRefresh: 10 * time.Millisecond}))
	for range 2 {
		s, err := r.tryOpen(qos.Reading{Topics: []string{"t"}})
		must(t, err)
		r.put("t", 0, "a")
		take(t, s, 1)
		must(t, s.Close(context.Background()))
		eventually(t, "the client is closed", func() bool {
			r.hub.mu.Lock()
			defer r.hub.mu.Unlock()
			return r.hub.session == nil
		})
	}
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patienceOfTests); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not in time: %s", what)
}
