package kafkatest

import (
	"slices"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// cursorAgainstCommit: a cursor wins over the committed offset, but at at-most-once, where the
// later of both counts.
func cursorAgainstCommit(t *testing.T, s *suite) {
	for _, r := range readers() {
		if !r.level.IDs() || !r.level.Group() {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			topic := s.topic(t, 1)
			s.write(t, topic, 0, "0", "1", "2", "3", "4", "5")
			reading := r.reading(topic)
			p := s.tap(t, reading)
			p.next(3)
			p.close()
			back, ahead := []string{"1", "2", "3", "4", "5"}, []string{"5"}
			if r.level == endpoint.AtMostOnce {
				back = []string{"3", "4"} // and leaves one for the next
			}
			reading.Cursor = p.ids[0]
			p = s.tap(t, reading)
			if got := texts(p.next(len(back))); !slices.Equal(got, back) {
				t.Errorf("behind the commit: got %v, want %v", got, back)
			}
			p.close()
			reading.Cursor = topic + "@0#4"
			p = s.tap(t, reading)
			if got := texts(p.next(len(ahead))); !slices.Equal(got, ahead) {
				t.Errorf("from offset 4: got %v, want %v", got, ahead)
			}
			p.close()
		})
	}
}

// committed is the offset that a group committed, -1 for none.
func (s *suite) committed(t *testing.T, group, topic string, partition int32) int64 {
	t.Helper()
	offsets, err := s.admin.FetchOffsets(t.Context(), group)
	if err != nil {
		t.Fatal(err)
	}
	o, ok := offsets.Lookup(topic, partition)
	if !ok {
		return -1
	}
	return o.At
}

// commitBeforeHandOut: at at-most-once records are committed when they are seen, and not before.
func commitBeforeHandOut(t *testing.T, s *suite) {
	topic := s.topic(t, 1)
	s.write(t, topic, 0, "0", "1", "2", "3")
	for _, kind := range []endpoint.Kind{endpoint.SSE, endpoint.HTTPGet} {
		t.Run(string(kind), func(t *testing.T) {
			reading := reader{"at-most-once", kind, endpoint.AtMostOnce}.reading(topic)
			p := s.tap(t, reading)
			for n := int64(1); n < 4; n++ {
				p.next(1)
				if got := s.committed(t, reading.Group, topic, 0); got != n {
					t.Errorf("committed %d when %d records were handed out", got, n)
				}
			}
			p.close()
			p = s.tap(t, reading)
			if got := texts(p.next(1)); got[0] != "3" {
				t.Errorf("next stream: got %v, want 3", got)
			}
			p.close()
		})
	}
}

// ackCursor: the cursor of the next pull acknowledges this one.
func ackCursor(t *testing.T, s *suite) {
	topic := s.topic(t, 1)
	s.write(t, topic, 0, "0", "1", "2", "3")
	reading := reader{"ack", endpoint.HTTPGet, endpoint.AtLeastOnce}.reading(topic)
	reading.AckCursor = true
	for range 2 {
		p := s.tap(t, reading)
		if got := texts(p.next(2)); !slices.Equal(got, []string{"0", "1"}) {
			t.Errorf("not acknowledged: got %v, want 0 1", got)
		}
		p.close()
	}
	reading.Cursor = topic + "@0#1"
	p := s.tap(t, reading)
	if got := s.committed(t, reading.Group, topic, 0); got != 2 {
		t.Errorf("committed %d when the cursor was presented, want 2", got)
	}
	if got := texts(p.next(2)); !slices.Equal(got, []string{"2", "3"}) {
		t.Errorf("acknowledged: got %v, want 2 3", got)
	}
	p.close()
	if got := s.committed(t, reading.Group, topic, 0); got != 2 {
		t.Errorf("committed %d after the answer, want 2", got)
	}
}
