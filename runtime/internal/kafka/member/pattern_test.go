package member

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// matching is a reading by pattern.
func matching(pattern string) qos.Reading {
	re := regexp.MustCompile(`\A(?:` + pattern + `)\z`)
	r := reading()
	r.Pattern = &qos.Pattern{Text: pattern, Match: re.MatchString}
	return r
}

func (r *rig) create(topic string, partitions int32) {
	r.t.Helper()
	r.writer.PurgeTopicsFromProducing(topic)
	if err := r.broker.CreateTopic(topic, partitions, nil); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) remove(topic string) {
	r.t.Helper()
	if err := r.broker.DeleteTopic(topic); err != nil {
		r.t.Fatal(err)
	}
	r.writer.PurgeTopicsFromProducing(topic)
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

func TestPatternFollowsTopics(t *testing.T) {
	for _, serverSide := range []bool{false, true} {
		t.Run(fmt.Sprint("server side ", serverSide), func(t *testing.T) {
			r := newRig(t, Config{ServerSide: serverSide}, kfake.SeedTopics(1, "o.a", "o.b", "p"))
			r.write("o.a", 0, "before")
			read := matching(`o\..`)
			read.Level, read.Reset = endpoint.AtBest, qos.Latest
			c := attach(t, r.groups, read)
			r.write("p", 0, "other")
			r.write("o.a", 0, "1")
			eventually(t, "a record", func() bool { return len(c.values()) == 1 })

			r.create("o.c", 2)
			r.write("o.c", 0, "2")
			r.write("o.c", 1, "3")
			eventually(t, "those of the topic that appeared", func() bool { return len(c.values()) == 3 })

			r.remove("o.b")
			eventually(t, "that the topic is left", func() bool { return r.groups.Stats().Partitions == 3 })
			r.create("o.b", 1)
			r.write("o.b", 0, "4")
			eventually(t, "that of the topic that was made again", func() bool { return len(c.values()) == 4 })
			r.write("o.a", 0, "5")
			eventually(t, "one of the first topic", func() bool { return len(c.values()) == 5 })
			c.close()
			if got, want := sorted(c.values()), []string{"0:1", "0:2", "0:4", "0:5", "1:3"}; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// TestTopicsThatAppearBetweenConnections: a group at latest reads them from their beginning.
func TestTopicsThatAppearBetweenConnections(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "o.a", "p.a"))
	r.write("o.a", 0, "before")
	r.write("p.a", 0, "before")
	read := matching(`o\..`)
	read.Reset = qos.Latest
	c := attach(t, r.groups, read)
	eventually(t, "the commit of its start", func() bool { return committed(t, r, "o.a", 0) == 1 })
	c.close()
	r.create("o.b", 1)
	r.write("o.b", 0, "1", "2")
	none := read
	none.Reset = qos.NoReset
	for _, read := range []qos.Reading{none, read} {
		c = attach(t, r.groups, read)
		eventually(t, "the new topic", func() bool { return len(c.values()) == 2 })
		c.close()
		r.remove("o.b")
		r.create("o.b", 1)
		r.write("o.b", 0, "1", "2")
	}
	other := matching(`p\..`) // the same group has committed nothing that matches
	other.Reset = qos.Latest
	c = attach(t, r.groups, other)
	eventually(t, "the commit of its start", func() bool { return committed(t, r, "p.a", 0) == 1 })
	r.write("p.a", 0, "after")
	eventually(t, "a record", func() bool { return len(c.values()) > 0 })
	c.close()
	if got := c.values(); !slices.Equal(got, []string{"0:after"}) {
		t.Errorf("another pattern: got %v, want after", got)
	}
}

// TestProcessesSeeATopicAtDifferentTimes: one of two members of a group hears of a new topic, the
// other one does not. The topic is read all the same, and nothing of it twice or not at all.
func TestProcessesSeeATopicAtDifferentTimes(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(2, "o.a"))
	_, other := r.process(Config{})
	read := matching(`o\..`)
	read.Reset = qos.Latest
	blind := read // for now
	ready := make(chan struct{})
	blind.Pattern = &qos.Pattern{Text: read.Pattern.Text, Match: func(name string) bool {
		select {
		case <-ready:
		default:
			return name == "o.a"
		}
		return read.Pattern.Match(name)
	}}
	late := attach(t, other, blind)
	early := attach(t, r.groups, read)
	eventually(t, "both have a partition", func() bool {
		return r.groups.Stats().Partitions == 1 && other.Stats().Partitions == 1
	})
	r.create("o.b", 2)
	r.write("o.b", 0, numbers(0, 10)...)
	r.write("o.b", 1, numbers(0, 10)...)
	eventually(t, "all records at the first one", func() bool { return len(early.values()) == 20 })
	close(ready)
	eventually(t, "that they share the topic", func() bool {
		return r.groups.Stats().Partitions == 2 && other.Stats().Partitions == 2
	})
	r.write("o.b", 0, numbers(10, 20)...)
	r.write("o.b", 1, numbers(10, 20)...)
	eventually(t, "the rest", func() bool { return len(early.values())+len(late.values()) >= 40 })
	early.close()
	late.close()
	all := append(early.values(), late.values()...)
	for p := range 2 {
		if got := of(all, p); len(got) != 20 {
			t.Errorf("partition %d: got %v, want each of 0 to 19 once", p, got)
		}
	}
}

// TestNoTopicIsForgotten: processes come and go while topics appear; every record of every topic is
// delivered.
func TestNoTopicIsForgotten(t *testing.T) {
	const topics, n = 8, 30
	r := newRig(t, Config{}, kfake.SeedTopics(1, "o.0"))
	_, second := r.process(Config{})
	read := matching(`o\..`)
	read.Reset = qos.Latest
	clients := []*client{attach(t, r.groups, read)}
	eventually(t, "the first assignment", func() bool { return committed(t, r, "o.0", 0) == 0 })
	for i := range topics {
		name := fmt.Sprintf("o.%d", i)
		if i > 0 {
			r.create(name, 1)
		}
		for k := range n { // the value says which topic and which record
			r.write(name, 0, fmt.Sprintf("%s/%d", name, k))
		}
		switch i {
		case 2, 3:
			clients = append(clients, attach(t, second, read))
		case 5:
			clients[0].close()
		}
	}
	seen := map[string]int{}
	eventually(t, "every record", func() bool {
		clear(seen)
		for _, c := range clients {
			for _, v := range c.values() {
				seen[v]++
			}
		}
		return len(seen) == topics*n
	})
	doubled := 0
	for _, times := range seen {
		doubled += times - 1
	}
	t.Logf("%d of %d came twice", doubled, topics*n)
	for _, c := range clients[1:] {
		c.close()
	}
}

func TestPatternThatMatchesNothing(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "p"))
	read := matching(`o\..`)
	read.CheckTopic = true
	const want = `join group: FAILURE_TOPIC_NOT_FOUND: no topic matches the topic pattern: pattern "o\\.."`
	if _, err := r.groups.Open(t.Context(), read); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	pull := matching(`o\..`)
	pull.Kind, pull.Level = endpoint.HTTPGet, endpoint.AtMostOnce
	s := open(t, r.groups, pull) // does not wait for an assignment that cannot come
	if got := string(s.Cursor(nil)); got != "#-1" {
		t.Errorf("cursor %q, want #-1", got)
	}
	r.create("o.a", 1)
	r.write("o.a", 0, "1")
	if got := valuesOf(poll(t, s, 0)); !slices.Equal(got, []string{"1"}) {
		t.Errorf("got %v, want 1", got)
	}
	closeStream(t, s)

	r.create("o.b", 1)
	r.write("o.b", 0, "2", "3")
	pull.Reset, pull.Cursor = qos.Latest, "#-1"
	s = open(t, r.groups, pull) // of o.a the group has a commit, which comes first
	if got := valuesOf(poll(t, s, 0)); !slices.Equal(got, []string{"2", "3"}) {
		t.Errorf("of the cursor without a topic: got %v, want 2 3", got)
	}
	closeStream(t, s)
}

// TestCursorBeforeTheFirstAssignment: a page may end when its first topic is there and not yet
// assigned.
func TestCursorBeforeTheFirstAssignment(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "p"))
	r.broker.ControlKey(int16(kmsg.JoinGroup), func(kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.KeepControl()
		return nil, errors.New("no group today"), true
	})
	pull := matching(`o\..`)
	pull.Kind, pull.Level = endpoint.HTTPGet, endpoint.AtMostOnce
	s := open(t, r.groups, pull)
	r.create("o.a", 1)
	eventually(t, "that the topic is known", func() bool {
		m := s.(*Stream).member
		m.mu.Lock()
		defer m.mu.Unlock()
		return len(m.topics) == 1
	})
	if got := string(s.Cursor(nil)); got != "#-1" {
		t.Errorf("cursor %q, want #-1", got)
	}
	closeStream(t, s)
}

func TestPatternCursors(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "o.a", "o.b", "p"))
	for _, topic := range []string{"o.a", "o.b"} {
		r.write(topic, 0, "0", "1", "2")
	}
	read := matching(`o\..`)
	read.Level = endpoint.AtBest
	for cursor, want := range map[string][]string{
		"o.a@0#1;o.b@0#0":         {"0:1", "0:2", "0:2"},
		"o.a@0#1;o.b@0#2;o.x@0#7": {"0:2"}, // o.x is gone
	} {
		read.Cursor, read.Group = cursor, fmt.Sprint("g", len(cursor))
		c := attach(t, r.groups, read)
		eventually(t, "the rest", func() bool { return len(c.values()) == len(want) })
		c.close()
		if got := sorted(c.values()); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", cursor, got, want)
		}
	}
	read.Cursor = "o.a@0#1;p@0#-1"
	_, err := r.groups.Open(t.Context(), read)
	const want = `check cursor: FAILURE_INVALID_CURSOR: the cursor names topic "p", which this operation does not read`
	if err == nil || err.Error() != want || core.CodeOf(err) != core.CodeInvalidCursor {
		t.Errorf("got %v, want %s", err, want)
	}
}
