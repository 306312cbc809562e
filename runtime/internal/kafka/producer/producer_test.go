package producer

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func TestReceipt(t *testing.T) {
	b := broker(t, kfake.SeedTopics(1, "orders"))
	c := connect(t, b.ListenAddrs()...)
	p := open(t, c, Config{}, endpoint.Balanced)
	rec := &core.Record{
		Topic: "orders", Key: []byte("k"), Value: []byte("v"),
		Headers: []core.Header{{Name: "h", Value: []byte("1")}},
	}
	for i := range int64(2) {
		got := wait(t, send(p, rec))
		if got.err != nil {
			t.Fatal(got.err)
		}
		r := got.receipt
		if r.Topic != "orders" || r.Partition != 0 || r.Offset != i || time.Since(r.Timestamp) > time.Minute {
			t.Errorf("receipt: got %+v, want orders 0 %d and the time of now", r, i)
		}
	}
	client, err := c.NewClient("test", kgo.ConsumeTopics("orders"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	read := client.PollRecords(t.Context(), 1).Records()[0]
	if string(read.Key) != "k" || string(read.Value) != "v" || len(read.Headers) != 1 ||
		read.Headers[0].Key != "h" || string(read.Headers[0].Value) != "1" {
		t.Errorf("record read: got %+v", read)
	}
}

func TestLevelNoneAnswersAtOnce(t *testing.T) {
	b := broker(t, kfake.SeedTopics(1, "orders"))
	c := connect(t, b.ListenAddrs()...)
	p := open(t, c, Config{}, endpoint.None)
	stall := make(chan struct{})
	b.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		b.SleepControl(func() { <-stall })
		return nil, nil, false
	})
	select {
	case a := <-send(p, &core.Record{Topic: "orders", Value: []byte("v")}):
		if a.err != nil || a.receipt != (core.Receipt{}) {
			t.Errorf("got %+v, want a zero receipt", a)
		}
	default:
		t.Error("Send of level none did not answer before it returned")
	}
	close(stall)
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
	topics, err := c.Offsets(t.Context(), "orders")
	if err != nil || topics["orders"].Partitions[0].End != 1 {
		t.Errorf("log end: got %+v, %v, want 1", topics, err)
	}
}

func TestRefusals(t *testing.T) {
	b := broker(t, kfake.SeedTopics(1, "orders"))
	p := open(t, connect(t, b.ListenAddrs()...), Config{}, endpoint.Balanced)
	large := &core.Record{Topic: "orders", Value: []byte(strings.Repeat("x", 2<<20))}
	wantCode(t, wait(t, send(p, large)), core.CodeTooLarge)

	start := time.Now()
	wantCode(t, wait(t, send(p, &core.Record{Topic: "absent"})), core.CodeTopicNotFound)
	if took := time.Since(start); took > 8*time.Second { // produce.timeout is 10 s
		t.Errorf("unknown topic: answered after %s, want about 1s", took)
	}
	_, err := New(p.cluster, Config{}, Acknowledged, "brotli", slog.New(slog.DiscardHandler))
	const want = `produce: FAILURE_CONFIGURATION_INVALID: compressionType "brotli" is not one of none, gzip, snappy, lz4, zstd`
	if err == nil || err.Error() != want {
		t.Errorf("unknown codec: got %v, want %s", err, want)
	}
}

func TestTopicThatAppearsAfterItWasMissed(t *testing.T) {
	b := broker(t)
	p := open(t, connect(t, b.ListenAddrs()...), Config{}, endpoint.Balanced)
	wantCode(t, wait(t, send(p, &core.Record{Topic: "later"})), core.CodeTopicNotFound)
	if err := b.CreateTopic("later", 1, nil); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; {
		a := wait(t, send(p, &core.Record{Topic: "later"}))
		if a.err == nil {
			return
		}
		wantCode(t, a, core.CodeTopicNotFound)
		if time.Now().After(end) {
			t.Fatal("the topic was not found within 30s after it was made")
		}
	}
}

func TestTopicDeletedAndMadeAgain(t *testing.T) {
	b := broker(t, kfake.SeedTopics(1, "orders"))
	p := open(t, connect(t, b.ListenAddrs()...), Config{}, endpoint.Balanced)
	for range 3 {
		if a := wait(t, send(p, &core.Record{Topic: "orders"})); a.err != nil {
			t.Fatal(a.err)
		}
	}
	if err := b.DeleteTopic("orders"); err != nil {
		t.Fatal(err)
	}
	if err := b.CreateTopic("orders", 1, nil); err != nil {
		t.Fatal(err)
	}
	var codes []core.Code
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		a := wait(t, send(p, &core.Record{Topic: "orders"}))
		if a.err == nil {
			if a.receipt.Offset != 0 {
				t.Errorf("first record of the new topic: got offset %d, want 0 (after %v)", a.receipt.Offset, codes)
			}
			return
		}
		codes = append(codes, core.CodeOf(a.err))
	}
	t.Errorf("within 30s the producer did not recover; answers: %v", codes)
}

func TestFullBufferAnswersAtOnce(t *testing.T) {
	for _, level := range []endpoint.QoS{endpoint.None, endpoint.Balanced} {
		t.Run(string(level), func(t *testing.T) {
			b := broker(t, kfake.SeedTopics(1, "orders"))
			p := open(t, connect(t, b.ListenAddrs()...), Config{MaxBufferedBytes: 1000}, level)
			stall := make(chan struct{})
			b.ControlKey(int16(kmsg.Metadata), func(kmsg.Request) (kmsg.Response, error, bool) {
				b.SleepControl(func() { <-stall })
				return nil, nil, false
			})
			first := send(p, &core.Record{Topic: "orders", Value: make([]byte, 1000)})
			wantCode(t, wait(t, send(p, &core.Record{Topic: "orders", Value: make([]byte, 999)})), core.CodeBackPressure)
			close(stall)
			if a := wait(t, first); a.err != nil {
				t.Errorf("the record that filled the buffer: %v", a.err)
			}
		})
	}
}

func TestTimeoutLeavesTheOutcomeUnknownOnce(t *testing.T) {
	b := broker(t, kfake.SeedTopics(1, "orders"))
	p := open(t, connect(t, b.ListenAddrs()...), Config{Timeout: 50 * time.Millisecond}, endpoint.Balanced)
	if a := wait(t, send(p, &core.Record{Topic: "orders"})); a.err != nil {
		t.Fatal(a.err)
	}
	stall := make(chan struct{})
	b.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		b.SleepControl(func() { <-stall })
		return nil, nil, false
	})
	stalled := send(p, &core.Record{Topic: "orders"})
	a := wait(t, stalled)
	const want = "produce: FAILURE_OUTCOME_UNKNOWN: no answer within produce.timeout"
	if a.err == nil || a.err.Error() != want {
		t.Errorf("got %v, want %s", a.err, want)
	}
	close(stall)
	if err := p.client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case again := <-stalled:
		t.Errorf("answered twice: %+v", again)
	default:
	}
	if n := p.Stats().BufferedRecords; n != 0 {
		t.Errorf("still buffered after the broker answered: %d", n)
	}
}

func TestCloseRefusesAndFlushes(t *testing.T) {
	b := broker(t, kfake.SeedTopics(1, "orders"))
	p := open(t, connect(t, b.ListenAddrs()...), Config{Linger: 20 * time.Millisecond}, endpoint.Balanced)
	pending := send(p, &core.Record{Topic: "orders"})
	if err := p.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if a := wait(t, pending); a.err != nil {
		t.Errorf("record in flight when closing: %v", a.err)
	}
	wantCode(t, wait(t, send(p, &core.Record{Topic: "orders"})), core.CodeDraining)
}

func TestCodecs(t *testing.T) {
	b := broker(t, kfake.SeedTopics(1, "orders"))
	c := connect(t, b.ListenAddrs()...)
	client, err := c.NewClient("test", kgo.ConsumeTopics("orders"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, codec := range []string{"none", "gzip", "snappy", "lz4", "zstd"} {
		p, err := New(c, Config{}, Acknowledged, codec, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		value := []byte(strings.Repeat(codec, 100))
		if a := wait(t, send(p, &core.Record{Topic: "orders", Value: value})); a.err != nil {
			t.Errorf("%s: %v", codec, a.err)
		}
		read := client.PollRecords(t.Context(), 1).Records()[0]
		if string(read.Value) != string(value) {
			t.Errorf("%s: the value changed on its way", codec)
		}
		if got := read.Attrs.CompressionType() != 0; got != (codec != "none") {
			t.Errorf("%s: compressed is %v", codec, got)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
