package harness

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// UniqueTopic gives a name that no other test uses, on a broker that tests share.
func UniqueTopic() string { return fmt.Sprintf("shop-%08x", rand.Uint32()) }

// Kafka makes a client of a broker, for what the test itself writes and reads. Records go to the
// partition that they name.
func Kafka(t testing.TB, brokers string, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(strings.Split(brokers, ",")...), kgo.ProducerLinger(0), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.UnknownTopicRetries(-1), // a broker may know a topic later than it says that it made it
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// CreateTopic makes a topic with one replica, and waits until the broker serves it.
func CreateTopic(t testing.TB, c *kgo.Client, topic string, partitions int32) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	if err := CreateTopics(ctx, kadm.NewClient(c), partitions, topic); err != nil {
		t.Fatal(err)
	}
}

// CreateTopics makes topics with one replica, and waits until the broker serves them: a broker may
// know a topic later than it says that it made it, and a record of level none that comes between is
// lost.
func CreateTopics(ctx context.Context, admin *kadm.Client, partitions int32, topics ...string) error {
	made, err := admin.CreateTopics(ctx, partitions, 1, nil, topics...)
	if err == nil {
		err = made.Error()
	}
	if errors.Is(err, kerr.InvalidReplicationFactor) && ctx.Err() == nil { // its only broker was late with a heartbeat
		time.Sleep(pause)
		return CreateTopics(ctx, admin, partitions, topics...)
	}
	if err != nil {
		return fmt.Errorf("create topics: %w", err)
	}
	for ctx.Err() == nil {
		ends, err := admin.ListEndOffsets(ctx, topics...)
		if err == nil && ends.Error() == nil && len(ends.Offsets()) == len(topics) {
			return nil
		}
		time.Sleep(pause)
	}
	return fmt.Errorf("the broker does not serve the new topics: %w", ctx.Err())
}

// Produce writes records and waits until the broker has them.
func Produce(t testing.TB, c *kgo.Client, records ...*kgo.Record) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	if err := c.ProduceSync(ctx, records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// Records waits for n records of a topic, from its beginning, and gives all that came.
func Records(t testing.TB, brokers, topic string, n int) []*kgo.Record {
	t.Helper()
	reader := Kafka(t, brokers, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	defer reader.Close()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	var records []*kgo.Record
	for len(records) < n {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("%d of %d records, then %v", len(records), n, err)
		}
		records = append(records, fetches.Records()...)
	}
	return records
}

// Written is how many records a topic has in all partitions.
func Written(t testing.TB, c *kgo.Client, topic string) int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	ends, err := kadm.NewClient(c).ListEndOffsets(ctx, topic)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	ends.Each(func(o kadm.ListedOffset) { total += o.Offset })
	return total
}
