package kafkatest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// matching is a reading of all topics whose names begin with prefix, or with __ and prefix: that
// internal ones never match must not depend on the expression.
func (r reader) matching(prefix string) qos.Reading {
	re := regexp.MustCompile(`\A(?:(__)?` + regexp.QuoteMeta(prefix) + `.*)\z`)
	reading := r.reading()
	reading.Pattern = &qos.Pattern{Text: re.String(), Match: re.MatchString}
	return reading
}

// wantTexts reads as many records as there are texts and compares them, in any order.
func (p *tap) wantTexts(what string, want ...string) {
	p.t.Helper()
	got := texts(p.next(len(want)))
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		p.t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// patternFollows: topics that appear are read from their beginning, others are left when they are
// gone; what is left over is read on, and nothing comes twice.
func patternFollows(t *testing.T, s *suite) {
	each(t, func(t *testing.T, r reader) {
		prefix := name("contract")
		a, b, c := prefix+".a", prefix+".b", prefix+".c"
		s.create(t, a, 1, nil)
		s.create(t, b, 2, nil)
		s.write(t, a, 0, "before")
		reading := r.matching(prefix)
		reading.Reset = qos.Latest
		p := s.tap(t, reading)
		s.write(t, a, 0, "a")
		s.write(t, b, 1, "b")
		p.wantTexts("of those that were there", "a", "b")
		s.create(t, c, 2, nil)
		s.write(t, c, 0, "c0", "c1")
		s.write(t, c, 1, "c2")
		p.wantTexts("of the one that appeared", "c0", "c1", "c2")
		s.remove(t, b)
		if r.level.IDs() {
			eventually(t, "a cursor without "+b, func() bool { // the position moves with records
				s.write(t, a, 0, "on")
				p.wantTexts("while the topic is left", "on")
				return !strings.Contains(string(p.stream.Cursor(nil)), b)
			})
		}
		s.write(t, c, 1, "c3")
		s.write(t, a, 0, "a1")
		p.wantTexts("afterwards", "a1", "c3")
		p.none()
		p.close()
	})
}

// patternMadeAgain: a topic that matches, deleted and made again, is read from its new beginning.
func patternMadeAgain(t *testing.T, s *suite) {
	for _, r := range readers() {
		if r.kind == endpoint.HTTPGet {
			continue // a pull is over before
		}
		t.Run(r.name, func(t *testing.T) {
			prefix := name("contract")
			a, b := prefix+".a", prefix+".b"
			s.create(t, a, 1, nil)
			s.create(t, b, 1, nil)
			p := s.tap(t, r.matching(prefix))
			s.write(t, a, 0, "old", "older")
			s.write(t, b, 0, "b")
			p.wantTexts("of the first topics", "old", "older", "b")
			s.remove(t, a)
			s.create(t, a, 2, nil)
			s.write(t, a, 0, "new", "newer", "newest")
			s.write(t, a, 1, "other")
			p.wantTexts("of the new one", "new", "newer", "newest", "other")
			s.write(t, b, 0, "b1")
			p.wantTexts("of the one that stayed", "b1")
			p.none()
			p.close()
		})
	}
}

// patternResumes: a stream goes on where the one before ended, in all topics, also when topics have
// appeared and gone between them.
func patternResumes(t *testing.T, s *suite) {
	each(t, func(t *testing.T, r reader) {
		prefix := name("contract")
		a, b, c := prefix+".a", prefix+".b", prefix+".c"
		s.create(t, a, 2, nil)
		s.create(t, b, 1, nil)
		for p := range int32(2) {
			s.write(t, a, p, fmt.Sprint("a", p), fmt.Sprint("a", p), fmt.Sprint("a", p))
		}
		s.write(t, b, 0, "b", "b", "b")
		reading := r.matching(prefix)
		p := s.tap(t, reading)
		seen := texts(p.next(5))
		reading.Cursor = string(p.stream.Cursor(nil))
		p.close()
		s.create(t, c, 1, nil)
		s.write(t, c, 0, "c", "c")
		reading.Reset = qos.Latest // nothing starts anew
		p = s.tap(t, reading)
		seen = append(seen, texts(p.next(6))...)
		slices.Sort(seen)
		want := []string{"a0", "a0", "a0", "a1", "a1", "a1", "b", "b", "b", "c", "c"}
		if !slices.Equal(seen, want) {
			t.Errorf("got %v, want %v", seen, want)
		}
		reading.Cursor = string(p.stream.Cursor(nil))
		p.close()
		s.remove(t, b)
		p = s.tap(t, reading)
		s.write(t, c, 0, "c2")
		p.wantTexts("when a topic is gone", "c2")
		p.none()
		p.close()
	})
}

// patternCursors: a cursor that names a topic that does not match is refused.
func patternCursors(t *testing.T, s *suite) {
	prefix := name("contract")
	a, other := prefix+".a", s.topic(t, 1)
	s.create(t, a, 1, nil)
	for _, r := range readers() {
		if !r.level.IDs() {
			continue
		}
		reading := r.matching(prefix)
		for _, cursor := range []string{a + "@0#-1;" + other + "@0#-1", other + "@0#-1", a + "@0#4"} {
			reading.Cursor = cursor
			_, err := s.source.Open(t.Context(), reading)
			wantCode(t, err, core.CodeInvalidCursor)
		}
	}
}

// patternMatchesNothing: with checkTopicExistence that is an error, else the stream waits. Its
// cursor says that nothing was read of any topic.
func patternMatchesNothing(t *testing.T, s *suite) {
	each(t, func(t *testing.T, r reader) {
		prefix := name("contract")
		reading := r.matching(prefix)
		reading.CheckTopic, reading.Reset = true, qos.Latest
		_, err := s.source.Open(t.Context(), reading)
		wantCode(t, err, core.CodeTopicNotFound)
		if want := fmt.Sprintf("no topic matches the topic pattern: pattern %q", reading.Pattern.Text); err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want %s in it", err, want)
		}
		reading.CheckTopic = false
		p := s.tap(t, reading)
		p.none()
		cursor, want := string(p.stream.Cursor(nil)), ""
		if r.level.IDs() {
			want = "#-1"
		}
		if cursor != want {
			t.Errorf("cursor %q, want %q", cursor, want)
		}
		p.close() // one that never had a topic
		p = s.tap(t, reading)
		s.create(t, prefix, 1, nil)
		s.write(t, prefix, 0, "0", "1")
		if got := texts(p.next(2)); !slices.Equal(got, []string{"0", "1"}) {
			t.Errorf("got %v, want 0 1", got)
		}
		p.close()
		if cursor != "" {
			s.resumesFromNothing(t, r, cursor)
		}
	})
}

// resumesFromNothing: who comes back with the cursor of a pattern that matched nothing reads what
// has matched since from its beginning, whatever autoOffsetReset says.
func (s *suite) resumesFromNothing(t *testing.T, r reader, cursor string) {
	t.Helper()
	prefix := name("contract")
	s.create(t, prefix, 2, nil)
	s.write(t, prefix, 0, "0")
	s.write(t, prefix, 1, "1")
	for _, reset := range []qos.Reset{qos.Latest, qos.NoReset} {
		reading := r.matching(prefix)
		reading.Cursor, reading.Reset = cursor, reset
		p := s.tap(t, reading)
		p.wantTexts("after nothing, "+string(reset), "0", "1")
		p.none()
		p.close()
	}
}

// patternInternal: topics of Kafka and of tools beside it are never read by a pattern.
func patternInternal(t *testing.T, s *suite) {
	prefix := name("contract")
	s.create(t, prefix, 1, nil)
	s.create(t, "__"+prefix, 1, nil)
	each(t, func(t *testing.T, r reader) {
		p := s.tap(t, r.matching(prefix))
		s.write(t, "__"+prefix, 0, "internal")
		s.write(t, prefix, 0, "open")
		for _, rec := range p.read(1, patience) {
			if string(rec.Value) != "open" {
				t.Errorf("got %s", rec.Value)
			}
		}
		if cursor := string(p.stream.Cursor(nil)); strings.Contains(cursor, "__") {
			t.Errorf("cursor %s", cursor)
		}
		p.close()
	})
}

// manyTopics: hundreds of topics are read whole, those that appear later too.
func manyTopics(t *testing.T, s *suite) {
	const n = 300
	prefix := name("contract")
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("%s.%03d", prefix, i))
	}
	created, err := s.admin.CreateTopics(t.Context(), 1, 1, nil, names...)
	if err != nil || created.Error() != nil {
		t.Fatal(err, created.Error())
	}
	eventually(t, "all topics", func() bool {
		ends, err := s.admin.ListEndOffsets(t.Context(), names...)
		return err == nil && ends.Error() == nil && len(ends) == n
	})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if _, err := s.admin.DeleteTopics(ctx, names...); err != nil {
			t.Error(err)
		}
	})
	for _, topic := range names {
		s.write(t, topic, 0, topic)
	}
	each(t, func(t *testing.T, r reader) {
		p := s.tap(t, r.matching(prefix))
		defer p.close()
		seen := map[string]bool{}
		for _, rec := range p.next(n) {
			seen[rec.Topic] = true
		}
		if len(seen) != n {
			t.Errorf("records of %d topics, want %d", len(seen), n)
		}
		later := prefix + "." + r.name
		s.create(t, later, 1, nil)
		s.write(t, later, 0, "later")
		if got := texts(p.next(1)); got[0] != "later" {
			t.Errorf("got %v, want later", got)
		}
		s.remove(t, later)
		p.none()
	})
}
