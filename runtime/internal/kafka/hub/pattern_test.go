package hub

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// matching is a reading by pattern.
func matching(pattern string) qos.Reading {
	re := regexp.MustCompile(`\A(?:` + pattern + `)\z`)
	return qos.Reading{Pattern: &qos.Pattern{Text: pattern, Match: re.MatchString}}
}

// from is a reading that begins at a cursor.
func from(r qos.Reading, cursor string) qos.Reading {
	r.Cursor = cursor
	return r
}

func sortedValues(t testing.TB, s qos.Stream, n int) string {
	t.Helper()
	got := values(take(t, s, n))
	slices.Sort(got)
	return strings.Join(got, " ")
}

func TestPatternFollowsTopics(t *testing.T) {
	r := newRig(t, withTopic(1, "o.a", "o.b", "p"))
	r.put("o.a", 0, "before")
	s := r.open(matching(`o\..`))
	equal(t, "cursor", cursorOf(s), "o.a@0#0;o.b@0#-1")
	r.put("o.a", 0, "1")
	r.put("p", 0, "other")
	r.put("o.b", 0, "2")
	equal(t, "values", sortedValues(t, s, 2), "1 2")

	r.create("o.c", 2)
	r.put("o.c", 1, "3")
	r.put("o.c", 0, "4")
	equal(t, "of the topic that appeared", sortedValues(t, s, 2), "3 4")
	equal(t, "cursor", cursorOf(s), "o.a@0#1;o.b@0#0;o.c@0#0,1#0")

	r.remove("o.b")
	eventually(t, "the cursor without the topic", func() bool { return cursorOf(s) == "o.a@0#1;o.c@0#0,1#0" })
	r.put("o.a", 0, "5")
	equal(t, "value", values(take(t, s, 1))[0], "5")

	r.create("o.b", 1)
	r.put("o.b", 0, "6")
	equal(t, "of the topic that was made again", values(take(t, s, 1))[0], "6")
	equal(t, "cursor", cursorOf(s), "o.a@0#2;o.b@0#0;o.c@0#0,1#0")
	idle(t, s)
}

// TestPatternStreamsResume has streams at every place from which one can go on when topics have
// come and gone since.
func TestPatternStreamsResume(t *testing.T) {
	r := newRig(t, withTopic(1, "o.a", "o.b"))
	first := r.open(matching(`o\..`))
	r.put("o.a", 0, "1")
	r.put("o.b", 0, "2")
	take(t, first, 2)
	at := cursorOf(first)
	r.create("o.c", 1)
	r.put("o.c", 0, "3")
	take(t, first, 1)
	r.remove("o.b")
	eventually(t, "that the topic is left", func() bool { return cursorOf(first) == "o.a@0#0;o.c@0#0" })
	r.put("o.a", 0, "4")
	for name, hub := range map[string]*rig{"the same hub": r, "another one": newRigOn(t, r)} {
		s := hub.open(from(matching(`o\..`), at))
		equal(t, name, sortedValues(t, s, 2), "3 4")
		eventually(t, "that it follows", func() bool { return following(t, s) })
		eventually(t, "that the topic is left", func() bool { return cursorOf(s) == "o.a@0#1;o.c@0#0" })
		idle(t, s)
	}
	gone := r.open(from(matching(`o\..`), "o.b@0#0"))
	equal(t, "a cursor of a topic that is gone", sortedValues(t, gone, 3), "1 3 4")
}

func TestPatternRefusesCursors(t *testing.T) {
	r := newRig(t, withTopic(1, "o.a", "p"))
	_, err := r.tryOpen(from(matching(`o\..`), "p@0#-1"))
	equal(t, "error", errorText(err), `check cursor: FAILURE_INVALID_CURSOR: the cursor names topic "p", which this operation does not read`)
	_, err = r.tryOpen(from(matching(`o\..`), "o.a@0#3"))
	equal(t, "code", core.CodeOf(err), core.CodeInvalidCursor)
}

func TestPatternThatMatchesNothing(t *testing.T) {
	r := newRig(t, withTopic(1, "p"))
	check := matching(`o\..`)
	check.CheckTopic = true
	_, err := r.tryOpen(check)
	equal(t, "error", errorText(err), `FAILURE_TOPIC_NOT_FOUND: no topic matches the topic pattern: pattern "o\\.."`)
	s := r.open(matching(`o\..`))
	equal(t, "cursor", cursorOf(s), "#-1")
	idle(t, s)
	r.create("o.a", 1)
	r.put("o.a", 0, "1")
	equal(t, "value", values(take(t, s, 1))[0], "1")
	again := r.open(check)
	equal(t, "cursor", cursorOf(again), "o.a@0#0")
}

// TestCursorOfNoTopic: what has appeared since is read from its beginning, or is said to be gone.
func TestCursorOfNoTopic(t *testing.T) {
	r := newRig(t, withTopic(2, "o.a"))
	r.put("o.a", 0, "1")
	s := r.open(from(matching(`o\..`), "#-1"))
	r.put("o.a", 1, "2")
	equal(t, "values", sortedValues(t, s, 2), "1 2")
	equal(t, "of a topic by name", sortedValues(t, r.open(from(qos.Reading{Topics: []string{"o.a"}}, "#-1")), 2), "1 2")
	r.cut("o.a", 0, 1)
	_, err := r.tryOpen(from(matching(`o\..`), "Iy0x"))
	var e *core.Error
	if !errors.As(err, &e) || e.Code != core.CodeCursorGone || e.Oldest != "o.a@0#0" {
		t.Errorf("got %v, want %s with o.a@0#0", err, core.CodeCursorGone)
	}
}

// TestCursorWhenTheLastTopicIsGone: it holds nothing that could be missed.
func TestCursorWhenTheLastTopicIsGone(t *testing.T) {
	r := newRig(t, withTopic(1, "o.a"))
	s := r.open(matching(`o\..`))
	r.put("o.a", 0, "1")
	take(t, s, 1)
	r.remove("o.a")
	eventually(t, "that the topic is left", func() bool {
		idle(t, s)
		return cursorOf(s) == "#-1"
	})
	r.create("o.b", 1)
	r.put("o.b", 0, "2")
	equal(t, "values", sortedValues(t, r.open(from(matching(`o\..`), "#-1")), 1), "2")
}

// TestTopicThatTheHubHasAlready: when a pattern finds a topic that another stream made the hub
// read, its beginning is read all the same.
func TestTopicThatTheHubHasAlready(t *testing.T) {
	r := newRig(t, withTopic(1, "o.a"), withHub(Config{TopicRefresh: 300 * time.Millisecond}))
	s := r.open(matching(`o\..`))
	r.put("o.a", 0, "1")
	take(t, s, 1)
	r.create("o.b", 1)
	r.fill("o.b", 1, 0, 20)
	single := r.open(qos.Reading{Topics: []string{"o.b"}, Reset: qos.Earliest})
	take(t, single, 20)
	r.put("o.b", 0, "20")
	got := values(take(t, s, 21))
	for i, v := range got {
		if v != fmt.Sprint(i) {
			t.Fatalf("got %v, want 0 to 20", got)
		}
	}
	r.put("o.b", 0, "21")
	equal(t, "value", values(take(t, s, 1))[0], "21")
	equal(t, "cursor", cursorOf(s), "o.a@0#0;o.b@0#21")
	equal(t, "of the other stream", sortedValues(t, single, 2), "20 21")
	idle(t, s)
}

func TestPatternWithTooManyTopics(t *testing.T) {
	r := newRig(t, withTopic(1, "o.a", "o.b"), withHub(Config{Topics: 2}))
	_, err := r.tryOpen(matching(`.*`))
	must(t, err)
	s := r.open(matching(`o\..`))
	r.create("o.c", 1)
	r.put("o.c", 0, "1")
	_, err = tryTake(s, 1, patienceOfTests)
	const want = "read: FAILURE_TOO_MANY_CLIENTS: more than 2 topics or sets of topics"
	equal(t, "when one appears", errorText(err), want)
	_, err = r.tryOpen(matching(`o\..+`))
	equal(t, "at the start", errorText(err), want)
}

// TestManyTopicsShareOneListing counts the requests for all topics while many streams of one
// pattern are open.
func TestManyTopicsShareOneListing(t *testing.T) {
	const n, streams = 300, 50
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("o.%03d", i))
	}
	r := newRig(t, withTopic(1, names...))
	var open []qos.Stream
	for range streams {
		open = append(open, r.open(matching(`o\..*`)))
	}
	count := r.broker.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Metadata}, Observe: true, Count: -1, When: func(req kmsg.Request) bool {
		metadata, ok := req.(*kmsg.MetadataRequest)
		return ok && metadata.Topics == nil
	}})
	start := time.Now()
	r.create("o.new", 1)
	r.put("o.new", 0, "new")
	for _, name := range names {
		r.put(name, 0, name)
	}
	for i, s := range open {
		seen := map[string]int{}
		for _, rec := range take(t, s, n+1) {
			seen[rec.Topic]++
		}
		if len(seen) != n+1 {
			t.Fatalf("stream %d: records of %d topics, want %d", i, len(seen), n+1)
		}
	}
	if most := 3 + int(time.Since(start)/r.hub.cfg.TopicRefresh); count.Hits() > most {
		t.Errorf("%d listings, want %d at most", count.Hits(), most)
	}
	equal(t, "feeds", len(r.hub.feeds), 1)
}
