package cursor

import (
	"fmt"
	"testing"
)

// listed is a position of a pattern: the text says where it is, number which listing it is from.
func listed(t *testing.T, text string, number uint64) Position {
	t.Helper()
	var topics []Topic
	var next []int64
	for _, named := range mustParse(t, text).topics {
		id := TopicID{named.name[0]}
		topics = append(topics, Topic{Name: named.name, ID: id, Partitions: len(named.partitions)})
		for _, p := range named.partitions {
			next = append(next, p.offset+1)
		}
	}
	return Position{NewListed(topics, number), next}
}

func TestReachesWhereTopicsComeAndGo(t *testing.T) {
	tests := []struct {
		this       string
		thisNumber uint64
		other      string
		number     uint64
		want       bool
	}{
		{"a@0#4", 1, "a@0#4", 2, true},
		{"a@0#3", 2, "a@0#4", 1, false},
		{"a@0#4", 1, "a@0#4;b@0#-1", 2, true}, // b has appeared, and nothing of it was read
		{"a@0#4", 1, "a@0#4;b@0#0", 2, false}, // something of it was
		{"a@0#4", 3, "a@0#4;b@0#7", 2, true},  // b is gone
		{"a@0#4;b@0#7", 2, "a@0#4", 1, true},
		{"a@0#4;b@0#7", 2, "a@0#4", 3, true},
		{"b@0#7", 2, "a@0#-1;b@0#6;c@0#-1", 5, true},
		{"", 1, "a@0#0", 2, false},
		{"", 2, "a@0#0", 1, true},
	}
	for _, tt := range tests {
		got := listed(t, tt.this, tt.thisNumber).Reaches(listed(t, tt.other, tt.number))
		if got != tt.want {
			t.Errorf("%q (%d) reaches %q (%d): got %t", tt.this, tt.thisNumber, tt.other, tt.number, got)
		}
	}
}

func TestOverWhereTopicsComeAndGo(t *testing.T) {
	tests := []struct {
		this       string
		thisNumber uint64
		base       string
		number     uint64
		want       string
	}{
		{"a@0#4", 1, "a@0#2;b@0#3", 2, "a@0#4;b@0#3"},
		{"a@0#4;b@0#3", 2, "a@0#6", 1, "a@0#6;b@0#3"},         // the base does not know b yet
		{"a@0#4;b@0#3", 1, "a@0#2", 2, "a@0#4"},               // b is gone
		{"b@0#3", 2, "a@0#2;b@0#1", 1, "b@0#3"},               // a is gone
		{"a@0#4,1#2", 2, "a@0#5;c@0#1", 2, "a@0#5,1#2;c@0#1"}, // the same listing, another set: base
		{"a@0#4", 3, "a@0#1,1#6", 1, "a@0#4,1#6"},
	}
	for _, tt := range tests {
		got := listed(t, tt.this, tt.thisNumber).Over(listed(t, tt.base, tt.number))
		if text := string(got.Append(nil)); text != tt.want {
			t.Errorf("%q (%d) over %q (%d): got %q, want %q", tt.this, tt.thisNumber, tt.base, tt.number, text, tt.want)
		}
		if want := max(tt.thisNumber, tt.number); got.Layout.Number() != want {
			t.Errorf("number %d, want %d", got.Layout.Number(), want)
		}
	}
}

func TestMatchesWhereTopicsComeAndGo(t *testing.T) {
	a := Position{NewListed([]Topic{{Name: "a", ID: TopicID{1}, Partitions: 1}, {Name: "b", ID: TopicID{2}, Partitions: 1}}, 1), []int64{0, 0}}
	again := Position{NewListed([]Topic{{Name: "b", ID: TopicID{3}, Partitions: 1}}, 2), []int64{0}}
	other := Position{NewListed([]Topic{{Name: "c", ID: TopicID{3}, Partitions: 1}}, 2), []int64{0}}
	if a.Matches(again) || again.Matches(a) {
		t.Error("a topic that was made again matches")
	}
	if !a.Matches(other) || !other.Matches(a) {
		t.Error("other topics do not match")
	}
}

func TestResume(t *testing.T) {
	c := mustParse(t, "a@0#1,1#5;b@0#-1;d@0#1,2147483647#-1;e!c@0#3")
	for name, want := range map[string]string{"a": "[2 6]", "b": "[0]", "c": "[]", "d": "[]"} {
		if got := fmt.Sprint(c.Resume(name)); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	if got := fmt.Sprint(c.Topics()); got != "[a b d]" {
		t.Errorf("topics %s", got)
	}
}

func TestWithout(t *testing.T) {
	c := mustParse(t, "a@0#1;b@0#2;e!b@0#3")
	got := c.Without(func(name string) bool { return name == "b" })
	if got.String() != "a@0#1;e!b@0#3" || c.String() != "a@0#1;b@0#2;e!b@0#3" {
		t.Errorf("got %s, and %s is left", got, c)
	}
}

func TestNames(t *testing.T) {
	p := listed(t, "a@0#1;c@0#1", 2)
	for text, want := range map[string]bool{"": true, "a@0#5": true, "a@0#1;c@0#2": true, "b@0#1": false, "a@0#1;d@0#1": false} {
		if got := p.Names(listed(t, text, 1)); got != want {
			t.Errorf("%q: got %t, want %t", text, got, want)
		}
	}
}
