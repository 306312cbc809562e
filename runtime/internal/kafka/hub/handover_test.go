package hub

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// produce writes to all partitions of the topics until stop is closed; it gives their ends. The
// value of a record is its offset, so that a reader can check it.
func (r *rig) produce(topics []string, partitions int32, first int64, stop <-chan struct{}) map[string]int64 {
	for next := first; ; next++ {
		last := false
		select {
		case <-stop:
			last = true
		default:
		}
		for _, topic := range topics {
			for p := range partitions {
				r.producer.Produce(context.Background(), &kgo.Record{Topic: topic, Partition: p, Value: strconv.AppendInt(nil, next, 10)}, nil)
			}
		}
		if last {
			if err := r.producer.Flush(context.Background()); err != nil {
				r.t.Error(err)
			}
			return endsAt(topics, partitions, next+1)
		}
		time.Sleep(200 * time.Microsecond)
	}
}

func endsAt(topics []string, partitions int32, offset int64) map[string]int64 {
	end := map[string]int64{}
	for _, topic := range topics {
		for p := range partitions {
			end[fmt.Sprintf("%s@%d", topic, p)] = offset
		}
	}
	return end
}

// audit checks that a stream gives every record once, in the order of its partition.
type audit struct {
	next map[string]int64
}

func newAudit() *audit { return &audit{next: map[string]int64{}} }

func (a *audit) see(rec *core.Record) error {
	key := fmt.Sprintf("%s@%d", rec.Topic, rec.Partition)
	want, seen := a.next[key]
	if seen && rec.Offset != want {
		return fmt.Errorf("%s: offset %d, want %d", key, rec.Offset, want)
	}
	if string(rec.Value) != strconv.FormatInt(rec.Offset, 10) {
		return fmt.Errorf("%s: offset %d has value %s", key, rec.Offset, rec.Value)
	}
	a.next[key] = rec.Offset + 1
	return nil
}

// drain reads a stream until every partition was read to its end. slow makes pauses.
func drain(s qos.Stream, a *audit, ends func() map[string]int64, slow time.Duration) error {
	deadline := time.After(60 * time.Second)
	for {
		if end := ends(); end != nil {
			behind := false
			for key, n := range end {
				behind = behind || a.next[key] < n
			}
			if !behind {
				return nil
			}
		}
		batch, wake, err := s.Poll(0)
		if err != nil {
			return err
		}
		if batch == nil {
			select {
			case <-wake:
			case <-time.After(100 * time.Millisecond): // to look at the ends again
			case <-deadline:
				return fmt.Errorf("stuck at %v", a.next)
			}
			continue
		}
		for i := range batch.Len() {
			if err := a.see(batch.Record(i)); err != nil {
				return err
			}
		}
		time.Sleep(slow)
	}
}

// TestHandOverWhileProducing has streams that start at the end, at a cursor and at the beginning,
// with a ring that holds everything and with one that even a quick stream falls out of.
func TestHandOverWhileProducing(t *testing.T) {
	t.Run("roomy", func(t *testing.T) { testHandOver(t, Config{NodeBytes: 8 << 10}) })
	t.Run("tight", func(t *testing.T) { testHandOver(t, Config{NodeBytes: 2 << 10, BytesPerTopic: 16 << 10}) })
}

func testHandOver(t *testing.T, cfg Config) {
	const partitions, streams = 8, 24
	topics := []string{"t", "u"}
	r := newRig(t, withTopic(partitions, topics...), withHub(cfg), func(c *rigConfig) {
		c.broker = append(c.broker, kfake.NumBrokers(2))
	})
	r.fill("t", partitions, 0, 50)
	r.fill("u", partitions, 0, 50)
	finished, finish := r.produceAside(topics, partitions, 50)
	var wg, opened sync.WaitGroup
	opened.Add(streams)
	for i := range streams {
		wg.Go(func() {
			time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
			reading, a := qos.Reading{Topics: topics}, newAudit()
			switch i % 3 {
			case 0:
				reading.Cursor = "t@7#30" // t: the other partitions start at the end; u is new: at 0
				a.next["t@7"] = 31
				for p := range partitions {
					a.next[fmt.Sprintf("u@%d", p)] = 0
				}
			case 1:
				reading.Reset = qos.Earliest
				for p := range partitions {
					a.next[fmt.Sprintf("u@%d", p)], a.next[fmt.Sprintf("t@%d", p)] = 0, 0
				}
			}
			s, err := r.tryOpen(reading)
			opened.Done()
			if err != nil {
				t.Error(err)
				return
			}
			defer finishStream(t, s)
			if err := drain(s, a, finished, time.Duration(i%4)*300*time.Microsecond); err != nil {
				t.Errorf("stream %d: %v", i, err)
			}
			equal(t, fmt.Sprintf("stream %d joined the feed", i), following(t, s), true)
		})
	}
	opened.Wait() // what comes last is behind every position
	time.Sleep(time.Second)
	finish()
	wg.Wait()
}

// produceAside produces until finish is called; from then on finished gives the ends.
func (r *rig) produceAside(topics []string, partitions int32, first int64) (finished func() map[string]int64, finish func()) {
	var ends atomic.Pointer[map[string]int64]
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		end := r.produce(topics, partitions, first, stop)
		ends.Store(&end)
	}()
	finished = func() map[string]int64 {
		if p := ends.Load(); p != nil {
			return *p
		}
		return nil
	}
	return finished, func() { close(stop); <-done }
}
