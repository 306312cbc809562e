package producer

import (
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// BenchmarkSend and BenchmarkLibrary differ by what a producer adds to the library: compare
// their allocations.
func BenchmarkSend(b *testing.B) {
	k := broker(b, kfake.SeedTopics(6, "orders"), kfake.BlackholeProduce())
	p := open(b, connect(b, k.ListenAddrs()...), Config{}, endpoint.Balanced)
	rec := &core.Record{Topic: "orders", Value: make([]byte, 256)}
	var inFlight sync.WaitGroup
	done := func(_ core.Receipt, err error) {
		if err != nil {
			b.Error(err)
		}
		inFlight.Done()
	}
	slots := make(chan struct{}, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		pace(slots, &inFlight)
		p.Send(rec, done)
	}
	inFlight.Wait()
}

func BenchmarkLibrary(b *testing.B) {
	k := broker(b, kfake.SeedTopics(6, "orders"), kfake.BlackholeProduce())
	p := open(b, connect(b, k.ListenAddrs()...), Config{}, endpoint.Balanced)
	value := make([]byte, 256)
	var inFlight sync.WaitGroup
	done := func(_ *kgo.Record, err error) {
		if err != nil {
			b.Error(err)
		}
		inFlight.Done()
	}
	slots := make(chan struct{}, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		pace(slots, &inFlight)
		p.client.Produce(b.Context(), &kgo.Record{Topic: "orders", Value: value}, done)
	}
	inFlight.Wait()
}

// pace waits for all records in flight after each 10,000, so that none is refused.
func pace(slots chan struct{}, inFlight *sync.WaitGroup) {
	select {
	case slots <- struct{}{}:
	default:
		inFlight.Wait()
		for range len(slots) {
			<-slots
		}
		slots <- struct{}{}
	}
	inFlight.Add(1)
}
