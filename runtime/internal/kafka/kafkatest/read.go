package kafkatest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// order: several topics and partitions, each in the order of its offsets, nothing twice.
func order(t *testing.T, s *suite) {
	a, b := s.topic(t, 3), s.topic(t, 2)
	type place struct {
		topic     string
		partition int32
	}
	places := []place{{a, 0}, {a, 1}, {a, 2}, {b, 0}, {b, 1}}
	const n = 200
	for _, p := range places {
		values := make([]string, n)
		for i := range values {
			values[i] = fmt.Sprint(i)
		}
		s.write(t, p.topic, p.partition, values...)
	}
	each(t, func(t *testing.T, r reader) {
		tap := s.tap(t, r.reading(a, b))
		next := map[place]int64{}
		for _, rec := range tap.next(n * len(places)) {
			p := place{rec.Topic, rec.Partition}
			if rec.Offset != next[p] || string(rec.Value) != fmt.Sprint(next[p]) {
				t.Fatalf("%v: got offset %d, value %s, want %d", p, rec.Offset, rec.Value, next[p])
			}
			next[p]++
		}
		tap.none()
		tap.close()
	})
}

// latest: what is produced once the stream is open is delivered, and nothing older.
func latest(t *testing.T, s *suite) {
	each(t, func(t *testing.T, r reader) {
		topic := s.topic(t, 2)
		s.write(t, topic, 0, "before")
		reading := r.reading(topic)
		reading.Reset = qos.Latest
		p := s.tap(t, reading)
		s.write(t, topic, 0, "after")
		if got := texts(p.next(1)); got[0] != "after" {
			t.Errorf("got %v, want after", got)
		}
		p.close()
	})
}

func emptyTopic(t *testing.T, s *suite) {
	each(t, func(t *testing.T, r reader) {
		topic := s.topic(t, 1)
		p := s.tap(t, r.reading(topic))
		want := ""
		if r.level.IDs() {
			want = topic + "@0#-1"
		}
		eventually(t, "the cursor "+want, func() bool { // a member waits for its partitions
			return string(p.stream.Cursor(nil)) == want
		})
		p.none()
		s.write(t, topic, 0, "first")
		if got := texts(p.next(1)); got[0] != "first" {
			t.Errorf("got %v, want first", got)
		}
		p.close()
	})
}

// cursorResumes: every id is a position from which the rest follows exactly.
func cursorResumes(t *testing.T, s *suite) {
	topic := s.topic(t, 2)
	for p := range int32(2) {
		s.write(t, topic, p, "0", "1", "2", "3")
	}
	none := readers()[0]
	all := s.tap(t, none.reading(topic))
	records := all.next(8)
	all.close()
	for i, id := range all.ids {
		reading := none.reading(topic)
		reading.Cursor = id
		rest := s.tap(t, reading)
		if got := string(rest.stream.Cursor(nil)); got != id {
			t.Errorf("cursor of the open stream: got %s, want %s", got, id)
		}
		want := map[string]bool{}
		for _, rec := range records[i+1:] {
			want[fmt.Sprint(rec.Partition, rec.Offset)] = true
		}
		for _, rec := range rest.next(len(want)) {
			if !want[fmt.Sprint(rec.Partition, rec.Offset)] {
				t.Errorf("after %s: %d %d came again", id, rec.Partition, rec.Offset)
			}
		}
		rest.none()
		rest.close()
	}
	foreign := none.reading(topic)
	foreign.Cursor = name("other") + "@0#1"
	_, err := s.source.Open(t.Context(), foreign)
	wantCode(t, err, core.CodeInvalidCursor)
	foreign.Cursor = topic + "@0#4"
	_, err = s.source.Open(t.Context(), foreign)
	wantCode(t, err, core.CodeInvalidCursor)
}

func cursorBelow(t *testing.T, s *suite) {
	topic := s.topic(t, 1)
	s.write(t, topic, 0, "0", "1", "2", "3", "4")
	var offsets kadm.Offsets
	offsets.AddOffset(topic, 0, 3, -1)
	if _, err := s.admin.DeleteRecords(t.Context(), offsets); err != nil {
		t.Fatal(err)
	}
	reading := readers()[0].reading(topic)
	reading.Cursor = topic + "@0#1"
	_, err := s.source.Open(t.Context(), reading)
	wantCode(t, err, core.CodeCursorGone)
	gone, ok := err.(*core.Error) //nolint:errorlint // Source.Open promises the type
	if !ok || gone.Oldest != topic+"@0#2" {
		t.Fatalf("got %#v, want the oldest cursor %s@0#2", err, topic)
	}
	reading.Cursor = gone.Oldest
	p := s.tap(t, reading)
	if got := texts(p.next(2)); !slices.Equal(got, []string{"3", "4"}) {
		t.Errorf("from the oldest: got %v", got)
	}
	p.close()
}

func commitResumes(t *testing.T, s *suite) {
	for _, r := range readers()[1:] {
		t.Run(r.name, func(t *testing.T) {
			topic := s.topic(t, 1)
			s.write(t, topic, 0, "0", "1", "2", "3")
			reading := r.reading(topic)
			first := s.tap(t, reading)
			first.next(2)
			first.close()
			second := s.tap(t, reading)
			if got := texts(second.next(2)); !slices.Equal(got, []string{"2", "3"}) {
				t.Errorf("second stream: got %v, want 2 3", got)
			}
			second.close()
			none := reading
			none.Reset = qos.NoReset
			third := s.tap(t, none)
			third.none()
			third.close()
			none.Group = name("contract")
			_, err := s.source.Open(t.Context(), none)
			wantCode(t, err, core.CodeNoInitialOffset)
		})
	}
}

func groupInUse(t *testing.T, s *suite) {
	topic := s.topic(t, 1)
	reading := readers()[2].reading(topic)
	joined := make(chan struct{})
	opts := []kgo.Opt{
		kgo.SeedBrokers(s.broker.Addrs...), kgo.ConsumerGroup(reading.Group), kgo.ConsumeTopics(topic),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, added map[string][]int32) {
			if len(added) > 0 {
				close(joined)
			}
		}),
	}
	if s.serverSide {
		opts = append(opts, kgo.ServerSideBalancer(), kgo.Balancers(kgo.StickyBalancer()))
	}
	member, err := kgo.NewClient(opts...)
	if err != nil {
		t.Fatal(err)
	}
	<-joined
	_, err = s.source.Open(t.Context(), reading)
	wantCode(t, err, core.CodeGroupInUse)
	member.Close()
	p := s.tap(t, reading)
	p.close()
}

func missingTopic(t *testing.T, s *suite) {
	each(t, func(t *testing.T, r reader) {
		topic := name("absent")
		reading := r.reading(topic)
		reading.CheckTopic = true
		_, err := s.source.Open(t.Context(), reading)
		wantCode(t, err, core.CodeTopicNotFound)
		if want := fmt.Sprintf("topic %q does not exist", topic); err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want %s in it", err, want)
		}
	})
}
