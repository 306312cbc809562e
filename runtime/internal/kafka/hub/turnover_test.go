package hub

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// TestNothingIsLostWhileTopicsComeAndGo has streams of a pattern that stay, that are too slow for
// the ring, and that break off and come back with their cursors, while topics are made and deleted.
// Each gets every record of each topic once, in order, from the first one.
func TestNothingIsLostWhileTopicsComeAndGo(t *testing.T) {
	t.Run("roomy", func(t *testing.T) { testTurnover(t, Config{TopicRefresh: 20 * time.Millisecond}) })
	t.Run("tight", func(t *testing.T) {
		testTurnover(t, Config{TopicRefresh: 20 * time.Millisecond, NodeBytes: 1 << 10, BytesPerTopic: 4 << 10})
	})
}

func testTurnover(t *testing.T, cfg Config) {
	const topics, streams, chunk = 10, 9, 40
	r := newRig(t, withTopic(1, "o.00"), withHub(cfg))
	reading := matching(`o\..*`)
	reading.Reset = qos.Earliest
	var ends atomic.Pointer[map[string]int64]
	var wg sync.WaitGroup
	for i := range streams {
		wg.Go(func() {
			if err := r.readAll(reading, i%3, &ends); err != nil {
				t.Errorf("stream %d: %v", i, err)
			}
		})
	}
	written := map[string]int64{}
	for i := range topics {
		if i > 0 {
			r.create(fmt.Sprintf("o.%02d", i), 1)
		}
		written[fmt.Sprintf("o.%02d", i)] = 0
		for name, first := range written {
			r.fill(name, 1, int(first), chunk)
			written[name] = first + chunk
		}
		if i%4 == 3 {
			gone := fmt.Sprintf("o.%02d", i-2)
			r.remove(gone)
			delete(written, gone)
		}
	}
	ends.Store(&written)
	wg.Wait()
}

// readAll reads until everything was seen that is there in the end. How says whether the stream
// stays (0), makes pauses (1) or breaks off now and then (2).
func (r *rig) readAll(reading qos.Reading, how int, ends *atomic.Pointer[map[string]int64]) error {
	next := map[string]int64{}
	s, err := r.hub.Open(r.t.Context(), noneOf(reading))
	if err != nil {
		return err
	}
	defer func() {
		if s != nil {
			finishStream(r.t, s)
		}
	}()
	deadline := time.After(2 * patienceOfTests)
	for !reached(next, ends.Load()) {
		batch, wake, err := s.Poll(25)
		if err != nil {
			return err
		}
		if batch == nil {
			select {
			case <-wake:
			case <-time.After(20 * time.Millisecond): // to look at the ends again
			case <-deadline:
				return fmt.Errorf("stuck at %v, with cursor %s", next, cursorOf(s))
			}
			continue
		}
		for i := range batch.Len() {
			if err := inOrder(next, batch.Record(i)); err != nil {
				return err
			}
		}
		switch how {
		case 1:
			time.Sleep(time.Millisecond)
		case 2:
			at := cursorOf(s)
			finishStream(r.t, s)
			if s, err = r.hub.Open(r.t.Context(), noneOf(from(reading, at))); err != nil {
				return fmt.Errorf("from %s: %w", at, err)
			}
		}
	}
	return nil
}

func noneOf(r qos.Reading) qos.Reading {
	r.Level = endpoint.None
	return r
}

func reached(next map[string]int64, ends *map[string]int64) bool {
	if ends == nil {
		return false
	}
	for name, end := range *ends {
		if next[name] < end {
			return false
		}
	}
	return true
}

func inOrder(next map[string]int64, rec *core.Record) error {
	if rec.Offset != next[rec.Topic] || string(rec.Value) != fmt.Sprint(rec.Offset) {
		return fmt.Errorf("topic %s: got offset %d, value %s, want %d", rec.Topic, rec.Offset, rec.Value, next[rec.Topic])
	}
	next[rec.Topic]++
	return nil
}
