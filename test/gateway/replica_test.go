package gateway

import (
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/test/harness"
)

// TestResumesOnAnotherReplica reads a part of four partitions at one gateway and the rest at
// another, which knows nothing but the client's last id: nothing is missing and nothing comes
// twice. Left out are balanced, which has no ids, and streams at at-most-once: they may lose what
// was on its way when the client left.
func TestResumesOnAnotherReplica(t *testing.T) {
	const all, first, partitions = 40, 13, 4
	levels(t, endpoint.Subscribing, subscribers, func(t *testing.T, kind endpoint.Kind, level endpoint.QoS) {
		if !level.IDs() || level == endpoint.AtMostOnce && kind != endpoint.HTTPGet {
			return
		}
		r := startAt(t, kind, level, partitions)
		s := setupAt(kind, level)
		s.brokers, s.topic, s.partitions = r.brokers, r.topic, -1
		other := start(t, s)
		for i := range all {
			harness.Produce(r.t, r.kafka, &kgo.Record{Topic: r.topic, Partition: int32(i % partitions), Value: []byte(order(i))})
		}
		here := r.subscribe(kind, level, "")
		got := here.next(first)
		here.leave()
		got = append(got, other.subscribe(kind, level, got[first-1].id).next(all-first)...)

		contents := make([]string, all)
		want := make([]string, all)
		for i, d := range got {
			contents[i], want[i] = d.content, order(i)
		}
		slices.Sort(contents)
		slices.Sort(want)
		if !slices.Equal(contents, want) {
			t.Errorf("got %v, want each order once", contents)
		}
	})
}
