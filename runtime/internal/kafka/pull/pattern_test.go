package pull

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

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

// TestTopicsThatAppearBetweenPulls: a group at latest reads them from their beginning, but starts
// at the end of those that were there before it.
func TestTopicsThatAppearBetweenPulls(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "o.a", "o.b", "p"))
	r.write("o.a", 0, "before")
	read := matching(`o\..`)
	read.Reset = qos.Latest
	if got := r.page(read, 0); len(got) != 0 {
		t.Errorf("first: got %v, want nothing", got)
	}
	r.write("o.a", 0, "a")
	r.write("p", 0, "other")
	if err := r.broker.CreateTopic("o.c", 2, nil); err != nil {
		t.Fatal(err)
	}
	r.write("o.c", 0, "c")
	r.write("o.c", 1, "c")
	got := r.page(read, 3)
	slices.Sort(got)
	if want := []string{"0:a", "0:c", "1:c"}; !slices.Equal(got, want) {
		t.Errorf("second: got %v, want %v", got, want)
	}
	if err := r.broker.DeleteTopic("o.b"); err != nil {
		t.Fatal(err)
	}
	if got := r.page(read, 0); len(got) != 0 {
		t.Errorf("third: got %v, want nothing", got)
	}
}

func TestTopicsComeAndGoDuringThePull(t *testing.T) {
	r := newRig(t, Config{TopicRefresh: 10 * time.Millisecond}, kfake.SeedTopics(1, "o.a", "o.b"))
	read := matching(`o\..`)
	read.Level, read.Reset = endpoint.AtBest, qos.Latest
	s := r.open(read)
	if err := r.broker.DeleteTopic("o.b"); err != nil {
		t.Fatal(err)
	}
	if err := r.broker.CreateTopic("o.c", 1, nil); err != nil {
		t.Fatal(err)
	}
	r.write("o.c", 0, "1")
	next := func() string {
		t.Helper()
		over := time.After(patience)
		for {
			b, ready, err := s.Poll(0)
			if err != nil {
				t.Fatal(err)
			}
			if b != nil {
				s.Settle(b, b.Len())
				return string(b.Record(0).Value)
			}
			select {
			case <-ready:
			case <-over:
				t.Fatal("no record")
			}
		}
	}
	if got := next(); got != "1" {
		t.Errorf("got %s, want 1", got)
	}
	for end := time.Now().Add(patience); strings.Contains(string(s.Cursor(nil)), "o.b"); {
		if time.Now().After(end) {
			t.Fatalf("the topic is never left: %s", s.Cursor(nil))
		}
		r.write("o.c", 0, "more")
		next()
	}
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("close: %v", err)
	}
	read.Group = "new.pull"
	s = r.open(read)
	if err := r.broker.DeleteTopic("o.a"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("close of a pull whose topic is gone: %v", err)
	}
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
		"o.a@0#1":                 {"0:0", "0:1", "0:2", "0:2"}, // o.b is new for it
		"o.a@0#1;o.b@0#2;o.x@0#7": {"0:2"},                      // o.x is gone
		"o.x@0#7":                 {"0:0", "0:0", "0:1", "0:1", "0:2", "0:2"},
	} {
		read.Cursor = cursor
		got := r.page(read, len(want))
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", cursor, got, want)
		}
	}
	read.Cursor = "o.a@0#1;p@0#-1"
	const want = `check cursor: FAILURE_INVALID_CURSOR: the cursor names topic "p", which this operation does not read`
	if _, err := r.pulls.Open(t.Context(), read); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestPatternThatMatchesNothing(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "p"))
	read := matching(`o\..`)
	if got := r.page(read, 0); len(got) != 0 {
		t.Errorf("got %v, want nothing", got)
	}
	read.Level, read.Reset = endpoint.AtBest, qos.Latest
	s := r.open(read)
	read.Cursor = string(s.Cursor(nil))
	if read.Cursor != "#-1" {
		t.Errorf("cursor %q, want #-1", read.Cursor)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("close: %v", err)
	}
	read.CheckTopic = true
	const want = `pull: FAILURE_TOPIC_NOT_FOUND: no topic matches the topic pattern: pattern "o\\.."`
	if _, err := r.pulls.Open(t.Context(), read); err == nil || err.Error() != want || core.CodeOf(err) != core.CodeTopicNotFound {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := r.broker.CreateTopic("o.a", 1, nil); err != nil {
		t.Fatal(err)
	}
	r.write("o.a", 0, "1", "2")
	if got := r.page(read, 2); !slices.Equal(got, []string{"0:1", "0:2"}) {
		t.Errorf("of the topic that came between: got %v, want 1 2", got)
	}
}

// TestPatternWithoutAReset: a topic that is new to the group needs no position, one of a new group does.
func TestPatternWithoutAReset(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "o.a"))
	r.write("o.a", 0, "a")
	read := matching(`o\..`)
	none := read
	none.Reset = qos.NoReset
	if _, err := r.pulls.Open(t.Context(), none); core.CodeOf(err) != core.CodeNoInitialOffset {
		t.Errorf("a new group: got %v, want %s", err, core.CodeNoInitialOffset)
	}
	r.page(read, 1)
	if err := r.broker.CreateTopic("o.b", 1, nil); err != nil {
		t.Fatal(err)
	}
	r.write("o.b", 0, "b")
	if got := r.page(none, 1); !slices.Equal(got, []string{"0:b"}) {
		t.Errorf("got %v, want b", got)
	}
}
