package broker

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, opts Options) *Broker {
	t.Helper()
	b, err := Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func client(t *testing.T, b *Broker, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append(opts, kgo.SeedBrokers(b.Addr()), kgo.AllowAutoTopicCreation())...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func partitions(t *testing.T, b *Broker) map[string]int {
	t.Helper()
	topics, err := kadm.NewClient(client(t, b)).ListTopics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for name, topic := range topics {
		out[name] = len(topic.Partitions)
	}
	return out
}

func TestTopics(t *testing.T) {
	b := start(t, Options{Listen: "127.0.0.1:0", Topics: []Topic{{"orders", 3}, {"events", 0}}})
	if err := b.Ensure([]Topic{{"orders", 9}, {"more", 2}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"orders": 3, "events": 1, "more": 2}, partitions(t, b)); diff != "" {
		t.Error(diff)
	}
}

func TestAddressTaken(t *testing.T) {
	b := start(t, Options{Listen: "127.0.0.1:0"})
	_, err := Start(Options{Listen: b.Addr()})
	if err == nil || !strings.Contains(err.Error(), "start the embedded Kafka: listen tcp "+b.Addr()+": bind: address already in use") {
		t.Errorf("error %v", err)
	}
}

func TestEveryInterfaceIsAdvertisedAsLocalhost(t *testing.T) {
	b := start(t, Options{Listen: ":0", Topics: []Topic{{"a", 1}}})
	if !strings.HasPrefix(b.Addr(), "localhost:") {
		t.Errorf("address %q", b.Addr())
	}
	if diff := cmp.Diff(map[string]int{"a": 1}, partitions(t, b)); diff != "" {
		t.Error(diff)
	}
}

func TestAutoCreate(t *testing.T) {
	b := start(t, Options{Listen: "127.0.0.1:0", AutoCreate: true})
	if err := client(t, b).ProduceSync(t.Context(), &kgo.Record{Topic: "new", Value: []byte("x")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"new": 1}, partitions(t, b)); diff != "" {
		t.Error(diff)
	}
}

func TestDataDirIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first := start(t, Options{Listen: "127.0.0.1:0", DataDir: dir, Topics: []Topic{{"orders", 1}}})
	if err := client(t, first).ProduceSync(t.Context(), &kgo.Record{Topic: "orders", Value: []byte("kept")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, Options{Listen: "127.0.0.1:0", DataDir: dir})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	fetches := client(t, second, kgo.ConsumeTopics("orders"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())).PollFetches(ctx)
	if records := fetches.Records(); len(records) != 1 || string(records[0].Value) != "kept" {
		t.Errorf("records %v, %v", records, fetches.Err())
	}
}

func TestTemporaryDataIsBoundedAndRemoved(t *testing.T) {
	b := start(t, Options{Listen: "127.0.0.1:0", Topics: []Topic{{"big", 1}}})
	c := client(t, b, kgo.ProducerBatchCompression(kgo.NoCompression()))
	value := make([]byte, 512<<10)
	for range 3 * retentionBytes / len(value) {
		c.Produce(t.Context(), &kgo.Record{Topic: "big", Value: value}, nil)
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(30 * time.Second)
	for size := folderSize(t, b.temporary); size > retentionBytes+2*segmentBytes; size = folderSize(t, b.temporary) {
		if time.Now().After(deadline) {
			t.Fatalf("%d bytes are left", size)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(b.temporary); !os.IsNotExist(err) {
		t.Errorf("the temporary folder is still there: %v", err)
	}
}

func folderSize(t *testing.T, dir string) int64 {
	t.Helper()
	var size int64
	err := filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			size += info.Size()
		}
		return nil // a segment may go away meanwhile
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}
