package hub

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

func withBudget(limit int64, evicted func(int)) rigOption {
	return func(c *rigConfig) { c.budget, c.evicted = limit, evicted }
}

func TestSlowStreamFallsOutAndComesBack(t *testing.T) {
	const partitions = 3
	var evicted atomic.Int64
	r := newRig(t, withTopic(partitions, "t"), withBudget(0, func(nodes int) { evicted.Add(int64(nodes)) }),
		withHub(Config{BytesPerTopic: 16 << 10, NodeBytes: 2 << 10}))
	slow, fast := r.open(qos.Reading{Topics: []string{"t"}}), r.open(qos.Reading{Topics: []string{"t"}})
	finished, finish := r.produceAside([]string{"t"}, partitions, 0)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := drain(fast, newAuditFrom("t", partitions), finished, 0); err != nil {
			t.Errorf("fast: %v", err)
		}
	})
	a := newAuditFrom("t", partitions)
	for range 5 {
		eventually(t, "the ring lost what comes next", func() bool { return outran(slow.(*stream)) })
		for _, rec := range take(t, slow, 20) {
			must(t, a.see(rec))
		}
	}
	if slow.(*stream).live {
		t.Error("the slow stream never fell out of the ring")
	}
	if evicted.Load() == 0 {
		t.Error("no eviction was counted")
	}
	finish()
	must(t, drain(slow, a, finished, 0))
	wg.Wait()
	equal(t, "the slow stream came back", following(t, slow), true)
	if held := r.hub.budget.Used(); held > 2*16<<10 {
		t.Errorf("%d bytes held", held)
	}
}

// outran reports whether the ring has lost what a stream reads next.
func outran(s *stream) bool {
	at := s.at
	if s.rest.batch != nil {
		at = s.rest.to
	}
	_, _, within, err := s.feed.join(at)
	return !within && err == nil
}

func newAuditFrom(topic string, partitions int32) *audit {
	a := newAudit()
	for p := range partitions {
		a.next[key(topic, p)] = 0
	}
	return a
}

func TestProcessBudgetEvictsTheLargestFeed(t *testing.T) {
	const limit = 64 << 10
	r := newRig(t, withTopic(1, "big", "small"), withBudget(limit, nil), withHub(Config{NodeBytes: 4 << 10}))
	big, small := r.open(qos.Reading{Topics: []string{"big"}}), r.open(qos.Reading{Topics: []string{"small"}})
	r.put("small", 0, "only")
	for range 20 {
		r.fill("big", 1, 0, 50)
		take(t, big, 50)
	}
	// Readers see records a moment before the budget is enforced.
	eventually(t, "the budget holds", func() bool { return r.hub.budget.Used() <= limit })
	if held := r.hub.budget.Used(); held < limit/2 {
		t.Errorf("%d bytes held: more was evicted than needed", held)
	}
	take(t, small, 1)
	equal(t, "the small feed has its record still", following(t, small), true)
}

func TestNothingIsCountedAfterClose(t *testing.T) {
	r := newRig(t, withTopic(1, "t"))
	tr := &qos.Transform{Apply: func(_ context.Context, rec *core.Record) (*core.Record, error) {
		out := *rec
		return &out, nil
	}}
	s, err := r.tryOpen(qos.Reading{Topics: []string{"t"}, Transform: tr})
	must(t, err)
	r.fill("t", 1, 0, 100)
	take(t, s, 100)
	if r.hub.budget.Used() == 0 {
		t.Error("nothing was counted")
	}
	must(t, s.Close(t.Context()))
	must(t, r.hub.Close(t.Context()))
	equal(t, "bytes", r.hub.budget.Used(), 0)
}

func TestPoolOfReadersIsFull(t *testing.T) {
	r := newRig(t, withTopic(1, "t"), withReaders(1))
	r.fill("t", 1, 0, 10_000) // more than one chunk
	first, err := r.tryOpen(qos.Reading{Topics: []string{"t"}, Reset: qos.Earliest})
	must(t, err)
	_, err = r.tryOpen(qos.Reading{Topics: []string{"t"}, Reset: qos.Earliest})
	equal(t, "error", errorText(err), "catch up: FAILURE_TOO_MANY_CLIENTS: all catch-up readers are busy")
	must(t, first.Close(t.Context()))
	take(t, r.open(qos.Reading{Topics: []string{"t"}, Reset: qos.Earliest}), 10_000)
}

func TestFallenStreamWaitsForAReader(t *testing.T) {
	r := newRig(t, withTopic(1, "t"), withReaders(1), withHub(Config{BytesPerTopic: 4 << 10, NodeBytes: 1 << 10}))
	slow := r.open(qos.Reading{Topics: []string{"t"}})
	r.fill("t", 1, 0, 10_000)
	busy, err := r.tryOpen(qos.Reading{Topics: []string{"t"}, Reset: qos.Earliest})
	must(t, err)
	take(t, busy, 1)
	idle(t, slow)
	must(t, busy.Close(t.Context()))
	equal(t, "first value", values(take(t, slow, 10_000))[0], "0")
}
