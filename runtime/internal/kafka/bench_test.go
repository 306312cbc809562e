package kafka_test

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// BenchmarkHold holds and releases a target that is known.
func BenchmarkHold(b *testing.B) {
	for name, requested := range map[string]bool{"configured": false, "dynamic": true} {
		b.Run(name, func(b *testing.B) {
			k, at := dynamicKafka(b, 100, nil), target(b, 1)
			b.ReportAllocs()
			for b.Loop() {
				_, release, err := k.Hold(at, requested)
				if err != nil {
					b.Fatal(err)
				}
				release()
			}
		})
	}
}

// BenchmarkHoldRefused asks for another target each time while there is no room.
func BenchmarkHoldRefused(b *testing.B) {
	k := dynamicKafka(b, 100, nil)
	for port := range 100 {
		hold(b, k, target(b, port+1))
	}
	at := target(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := k.Hold(at, true); err == nil {
			b.Fatal("there is room")
		}
	}
}

// BenchmarkDynamicPublish is a request each time: hold, one acknowledged record, release.
func BenchmarkDynamicPublish(b *testing.B) {
	broker, _ := bearerBroker(b, anyToken, kfake.BlackholeProduce())
	k := dynamicKafka(b, 100, nil)
	at := bearer(b, broker.ListenAddrs()[0], token(b, "carol", time.Now().Add(24*time.Hour)))
	value := make([]byte, 256)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		outcome := make(chan error, 1)
		for pb.Next() {
			c, release, err := k.Hold(at, true)
			if err != nil {
				b.Error(err)
				return
			}
			sink, err := c.Sink(endpoint.Balanced, "")
			if err != nil {
				b.Error(err)
				return
			}
			sink.Send(&core.Record{Topic: "orders", Value: value}, func(_ core.Receipt, err error) { outcome <- err })
			if err := <-outcome; err != nil {
				b.Error(err)
			}
			release()
		}
	})
}
