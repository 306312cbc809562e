package hub

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// BenchmarkFanOut delivers nodes to waiting subscribers, each a goroutine that takes the shared
// frames as an entrypoint does. The figure is for one message to one subscriber.
func BenchmarkFanOut(b *testing.B) {
	for _, subscribers := range []int{1, 1000} {
		for _, size := range []int{1, 100} {
			b.Run(fmt.Sprintf("subscribers=%d/records=%d", subscribers, size), func(b *testing.B) {
				benchmarkFanOut(b, subscribers, size)
			})
		}
	}
}

func benchmarkFanOut(b *testing.B, subscribers, size int) {
	const partitions = 6
	layout := cursor.NewLayout([]cursor.Topic{{Name: "telemetry", Partitions: partitions}})
	at := cursor.Position{Layout: layout, Next: make([]int64, partitions)}
	f := newFeed(choice{key: "telemetry"}, &listing{names: []string{"telemetry"}}, 1<<20, at, NewBudget(0, nil))
	e := &shout{}
	var round, ended sync.WaitGroup
	for range subscribers {
		s := &stream{feed: f, live: true, at: at}
		ended.Go(func() { subscribe(s, e, &round) })
	}
	b.ReportAllocs()
	for b.Loop() {
		round.Add(subscribers * size)
		track := cursor.NewTrack(f.end())
		slab, records := make([]core.Record, size), make([]*core.Record, size)
		next := f.end().Next[0]
		for i := range slab {
			slab[i] = core.Record{Topic: "telemetry", Offset: next + int64(i), Value: payload}
			records[i] = &slab[i]
		}
		track.Add(0, records, next+int64(size))
		f.append([]*node{newNode(track)}, track.To())
		round.Wait()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*subscribers*size), "ns/message")
	f.fail(errClosed)
	ended.Wait()
}

var payload = make([]byte, 256)

func subscribe(s *stream, e qos.Encoder, round *sync.WaitGroup) {
	for {
		batch, wake, err := s.Poll(0)
		switch {
		case err != nil:
			return
		case batch == nil:
			<-wake
		default:
			if len(batch.Frames(e).Bytes) > 0 {
				round.Add(-batch.Len())
			}
		}
	}
}

// BenchmarkKafka is the whole way, from the broker to 1,000 subscribers.
func BenchmarkKafka(b *testing.B) {
	const subscribers, partitions, burst = 1000, 6, 1000
	r := newRig(b, withTopic(partitions, "t"))
	e := &shout{}
	var round, ended sync.WaitGroup
	for range subscribers {
		s := r.open(qos.Reading{Topics: []string{"t"}})
		ended.Go(func() { subscribe(s.(*stream), e, &round) })
	}
	b.ReportAllocs()
	for b.Loop() {
		round.Add(subscribers * burst * partitions)
		r.fill("t", partitions, 0, burst)
		round.Wait()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*subscribers*burst*partitions), "ns/message")
	b.ReportMetric(float64(time.Second)*float64(b.N)*subscribers*burst*partitions/float64(b.Elapsed()), "messages/s")
	for _, f := range r.hub.feeds {
		f.fail(errClosed)
	}
	ended.Wait()
}

// BenchmarkPull is what http-get does: 500 records from a cursor, within the ring and before it.
func BenchmarkPull(b *testing.B) {
	for _, where := range []string{"ring", "log"} {
		b.Run(where, func(b *testing.B) {
			const n = 500
			r := newRig(b, withTopic(1, "t"))
			if where == "log" {
				r.fill("t", 1, 0, 2*n)
			}
			live := r.open(qos.Reading{Topics: []string{"t"}})
			if where == "ring" {
				r.fill("t", 1, 0, 2*n)
				take(b, live, 2*n)
			}
			b.ReportAllocs()
			for b.Loop() {
				s, err := r.tryOpen(qos.Reading{Topics: []string{"t"}, Cursor: "t@0#9"})
				must(b, err)
				take(b, s, n)
				must(b, s.Close(b.Context()))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/record")
		})
	}
}
