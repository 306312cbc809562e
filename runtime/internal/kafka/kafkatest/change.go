package kafkatest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// topicAppears: a topic made after the stream began is read from its beginning.
func topicAppears(t *testing.T, s *suite) {
	each(t, func(t *testing.T, r reader) {
		there, later := s.topic(t, 1), name("contract")
		reading := r.reading(there, later)
		reading.Reset = qos.Latest
		p := s.tap(t, reading)
		s.create(t, later, 1, nil)
		s.write(t, later, 0, "0", "1")
		s.write(t, there, 0, "x")
		got := texts(p.next(3))
		slices.Sort(got)
		if !slices.Equal(got, []string{"0", "1", "x"}) {
			t.Errorf("got %v, want 0 1 x", got)
		}
		p.close()
	})
}

func partitionAppears(t *testing.T, s *suite) {
	each(t, func(t *testing.T, r reader) {
		topic := s.topic(t, 1)
		reading := r.reading(topic)
		reading.Reset = qos.Latest
		p := s.tap(t, reading)
		if _, err := s.admin.CreatePartitions(t.Context(), 1, topic); err != nil {
			t.Fatal(err)
		}
		s.raw.PurgeTopicsFromProducing(topic)
		eventually(t, "the new partition", func() bool {
			ends, err := s.admin.ListEndOffsets(t.Context(), topic)
			return err == nil && ends.Error() == nil && len(ends[topic]) == 2
		})
		s.write(t, topic, 1, "0", "1")
		if got := texts(p.next(2)); !slices.Equal(got, []string{"0", "1"}) {
			t.Errorf("got %v, want 0 1", got)
		}
		p.close()
	})
}

// readAgain: a topic deleted and made again is read from its new beginning.
func readAgain(t *testing.T, s *suite) {
	for _, r := range readers() {
		if r.name == "pull" || r.name == "pull-at-least-once" {
			continue // a pull is over before
		}
		t.Run(r.name, func(t *testing.T) {
			topic := s.topic(t, 1)
			p := s.tap(t, r.reading(topic))
			s.write(t, topic, 0, "old", "older", "oldest")
			p.next(3)
			s.remove(t, topic)
			s.create(t, topic, 1, nil)
			// More of them than the first topic had: an offset of it must not count.
			want := []string{"new", "newer", "newest", "and", "on"}
			s.write(t, topic, 0, want...)
			if got := texts(p.next(len(want))); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			p.close()
		})
	}
}

// aborted: records of aborted transactions are never seen, and are no gap.
func aborted(t *testing.T, s *suite) {
	each(t, func(t *testing.T, r reader) {
		topic := s.topic(t, 1)
		s.transact(t, topic, kgo.TryCommit, "a", "b")
		s.transact(t, topic, kgo.TryAbort, "lost", "lost")
		s.transact(t, topic, kgo.TryCommit, "c")
		s.transact(t, topic, kgo.TryAbort, "lost")
		reading := r.reading(topic)
		p := s.tap(t, reading)
		if got := texts(p.next(3)); !slices.Equal(got, []string{"a", "b", "c"}) {
			t.Errorf("got %v, want a b c", got)
		}
		p.none()
		reading.Cursor = string(p.stream.Cursor(nil))
		p.close()

		p = s.tap(t, reading)
		s.write(t, topic, 0, "next")
		if got := texts(p.next(1)); got[0] != "next" {
			t.Errorf("next stream: got %v, want next", got)
		}
		p.close()
	})
}

// transact writes values in one transaction.
func (s *suite) transact(t *testing.T, topic string, end kgo.TransactionEndTry, values ...string) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(s.broker.Addrs...), kgo.TransactionalID(topic),
		kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		rec := &kgo.Record{Topic: topic, Value: []byte(v)}
		if err := client.ProduceSync(t.Context(), rec).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.EndTransaction(t.Context(), end); err != nil {
		t.Fatal(err)
	}
}

// compacted: offsets that compaction removed are no gap.
func compacted(t *testing.T, s *suite) {
	topic := name("contract")
	configs := map[string]*string{}
	for k, v := range map[string]string{
		"cleanup.policy": "compact", "segment.ms": "100", "segment.bytes": "1048576",
		"min.cleanable.dirty.ratio": "0.001", "min.compaction.lag.ms": "0", "max.compaction.lag.ms": "100",
		"delete.retention.ms": "0",
	} {
		configs[k] = &v
	}
	s.create(t, topic, 1, configs)
	put := func(key, value string) {
		t.Helper()
		rec := &kgo.Record{Topic: topic, Key: []byte(key), Value: []byte(value)}
		if err := s.raw.ProduceSync(t.Context(), rec).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	put("first", "first") // a gap in front of everything would be the start of the log
	for i := range 5 {
		put("k", fmt.Sprint("old", i))
	}
	put("k", "kept")
	eventually(t, "compaction", func() bool {
		put("roll", "x") // closes the segment before it
		if s.broker.Compact != nil {
			s.broker.Compact()
		}
		return s.second(t, topic) == "kept"
	})
	each(t, func(t *testing.T, r reader) {
		reading := r.reading(topic)
		p := s.tap(t, reading)
		if got := p.next(2)[1]; string(got.Value) != "kept" || got.Offset != 6 {
			t.Errorf("got %s at %d, want kept at 6", got.Value, got.Offset)
		}
		p.close()
		if r.level.IDs() {
			reading = r.reading(topic)
			reading.Cursor = topic + "@0#2" // within the gap
			p = s.tap(t, reading)
			if got := p.next(1)[0]; got.Offset != 6 {
				t.Errorf("from within the gap: got offset %d, want 6", got.Offset)
			}
			p.close()
		}
	})
}

// second is the value of the second oldest record of a topic.
func (s *suite) second(t *testing.T, topic string) string {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(s.broker.Addrs...),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().AtStart()}}))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var records []*kgo.Record
	for len(records) < 2 && ctx.Err() == nil {
		records = append(records, client.PollRecords(ctx, 2-len(records)).Records()...)
	}
	if len(records) < 2 {
		t.Fatal("the topic cannot be read")
	}
	return string(records[1].Value)
}
