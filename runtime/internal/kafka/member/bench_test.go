package member

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// BenchmarkDispatch is the way of 1,000 fetched records to their connection and back to the
// frontier. Allocations per record are those of one operation divided by 1,000.
func BenchmarkDispatch(b *testing.B) {
	r := newRig(b, Config{}, kfake.SeedTopics(4, "orders"))
	s := open(b, r.groups, reading("orders"))
	eventually(b, "4 partitions", func() bool { return r.groups.owners()[s] == 4 })
	m := r.groups.list()[0]
	topic := kgo.FetchTopic{Topic: "orders"}
	for p := range int32(4) {
		records := make([]*kgo.Record, 250)
		for i := range records {
			records[i] = &kgo.Record{Topic: "orders", Partition: p, Offset: int64(i), Value: make([]byte, 256)}
		}
		topic.Partitions = append(topic.Partitions, kgo.FetchPartition{Partition: p, Records: records})
	}
	fetches := kgo.Fetches{{Topics: []kgo.FetchTopic{topic}}}
	b.ReportAllocs()
	for b.Loop() {
		m.distribute(fetches)
		for n := 0; n < 1000; {
			batch, _, err := s.Poll(100)
			if err != nil {
				b.Fatal(err)
			}
			n += batch.Len()
			s.Settle(batch, batch.Len())
		}
	}
	b.StopTimer()
	_ = s.Close(b.Context()) // the offsets were made up: the commit may be refused
}
