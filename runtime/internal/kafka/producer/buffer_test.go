package producer

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// TestProducersShareABuffer: what one has in flight leaves less for the other, until it is answered.
func TestProducersShareABuffer(t *testing.T) {
	b := broker(t, kfake.SeedTopics(1, "orders"))
	proceed := make(chan struct{})
	b.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		b.SleepControl(func() { <-proceed })
		return nil, nil, false
	})
	cfg := Config{Timeout: time.Minute, Shared: NewBuffer(Config{MaxBufferedBytes: 50}, 2)}
	c := connect(t, b.ListenAddrs()...)
	first, second := open(t, c, cfg, endpoint.Balanced), open(t, c, cfg, endpoint.None)
	record := func() *core.Record {
		return &core.Record{
			Topic: "orders", Key: make([]byte, 10), Value: make([]byte, 40),
			Headers: []core.Header{{Name: "0123456789", Value: make([]byte, 10)}},
		}
	}
	waiting := send(first, record())
	wantCode(t, wait(t, send(second, record())), core.CodeBackPressure)
	wantCode(t, wait(t, send(first, record())), core.CodeBackPressure)
	close(proceed)
	wantCode(t, wait(t, waiting), "")
	wantCode(t, wait(t, send(second, record())), "")
	for end := time.Now().Add(30 * time.Second); cfg.Shared.used.Load() != 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d bytes are left after the last record", cfg.Shared.used.Load())
		}
	}
}
