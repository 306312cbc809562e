package hub

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// shout writes frames and counts how often.
type shout struct{ frames atomic.Int64 }

func (e *shout) AppendFrame(dst []byte, b *qos.Batch, i int) []byte {
	e.frames.Add(1)
	dst = b.AppendID(dst, i, false)
	return append(append(append(dst, ' '), b.Record(i).Value...), '\n')
}

func poll(t testing.TB, s qos.Stream) *qos.Batch {
	t.Helper()
	for {
		batch, wake, err := s.Poll(0)
		must(t, err)
		if batch != nil {
			return batch
		}
		<-wake
	}
}

func TestBatchesAndFramesAreShared(t *testing.T) {
	r := newRig(t, withTopic(1, "t"))
	e := &shout{}
	var streams []qos.Stream
	for range 10 {
		streams = append(streams, r.open(qos.Reading{Topics: []string{"t"}}))
	}
	r.put("t", 0, "a")
	first := poll(t, streams[0])
	for _, s := range streams[1:] {
		if poll(t, s) != first {
			t.Error("a batch of its own")
		}
	}
	for range 10 {
		equal(t, "frames", string(first.Frames(e).Bytes), "t@0#0 a\n")
	}
	equal(t, "frames encoded", e.frames.Load(), 1)
}

func TestPartsOfABatch(t *testing.T) {
	r := newRig(t, withTopic(1, "t"))
	s := r.open(qos.Reading{Topics: []string{"t"}})
	r.fill("t", 1, 0, 10)
	var ids []string
	for len(ids) < 10 {
		batch, wake, err := s.Poll(3)
		must(t, err)
		if batch == nil {
			<-wake
			continue
		}
		if batch.Len() > 3 {
			t.Errorf("%d records", batch.Len())
		}
		for i := range batch.Len() {
			equal(t, "value", string(batch.Record(i).Value), strconv.Itoa(len(ids)))
			ids = append(ids, string(batch.AppendID(nil, i, false)))
		}
		equal(t, "cursor", cursorOf(s), ids[len(ids)-1])
	}
	equal(t, "last id", ids[9], "t@0#9")
}

func TestTransformRunsOncePerRecord(t *testing.T) {
	r := newRig(t, withTopic(1, "t"))
	var runs atomic.Int64
	tr := &qos.Transform{Apply: func(_ context.Context, rec *core.Record) (*core.Record, error) {
		runs.Add(1)
		switch rec.Offset % 3 {
		case 1:
			return nil, core.ErrSkip
		case 2:
			return rec, nil
		}
		out := *rec
		out.Value = append([]byte("changed "), rec.Value...)
		return &out, nil
	}}
	with, same := r.open(qos.Reading{Topics: []string{"t"}, Transform: tr}), r.open(qos.Reading{Topics: []string{"t"}, Transform: tr})
	without := r.open(qos.Reading{Topics: []string{"t"}})
	r.fill("t", 1, 0, 3)
	want := []string{"changed 0", "skipped", "2"}
	equal(t, "with", slices.Equal(values(take(t, with, 3)), want), true)
	equal(t, "same", slices.Equal(values(take(t, same, 3)), want), true)
	equal(t, "without", slices.Equal(values(take(t, without, 3)), []string{"0", "1", "2"}), true)
	late := r.open(qos.Reading{Topics: []string{"t"}, Transform: tr, Cursor: "t@0#0"})
	equal(t, "from within the ring", slices.Equal(values(take(t, late, 2)), want[1:]), true)
	equal(t, "runs", runs.Load(), 3)

	other := newRigOn(t, r)
	caught := other.open(qos.Reading{Topics: []string{"t"}, Transform: tr, Reset: qos.Earliest})
	equal(t, "caught up", slices.Equal(values(take(t, caught, 3)), want), true)
	equal(t, "runs", runs.Load(), 6)
}

func TestTransformThatFails(t *testing.T) {
	r := newRig(t, withTopic(1, "t"))
	failure := errors.New("no such order")
	tests := map[string]struct {
		apply func() (*core.Record, error)
		want  string
	}{
		"error": {func() (*core.Record, error) { return nil, failure }, "no such order"},
		"panic": {func() (*core.Record, error) { panic("boom") }, "subscribe hook: FAILURE_INTERNAL: panic: boom"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tr := &qos.Transform{Apply: func(_ context.Context, rec *core.Record) (*core.Record, error) {
				if string(rec.Value) == "2" {
					return tt.apply()
				}
				return rec, nil
			}}
			before := cursorOf(r.open(qos.Reading{Topics: []string{"t"}}))
			live := r.open(qos.Reading{Topics: []string{"t"}, Transform: tr})
			fine := r.open(qos.Reading{Topics: []string{"t"}})
			r.fill("t", 1, 0, 5)
			caught := newRigOn(t, r).open(qos.Reading{Topics: []string{"t"}, Transform: tr, Cursor: before})
			for _, s := range []qos.Stream{live, caught} {
				got, err := tryTake(s, 5, patienceOfTests)
				equal(t, "values", slices.Equal(values(got), []string{"0", "1"}), true)
				equal(t, "error", errorText(err), tt.want)
				_, _, again := s.Poll(0)
				equal(t, "error again", errorText(again), tt.want)
			}
			take(t, fine, 5)
		})
	}
}
