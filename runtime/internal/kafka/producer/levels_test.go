package producer

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// TestKeysGoWhereJavaSendsThem: the hashes are those of Kafka's own test of its murmur2
// (org.apache.kafka.common.utils.UtilsTest); a partition is the hash without its sign, modulo.
func TestKeysGoWhereJavaSendsThem(t *testing.T) {
	const partitions = 97
	b := broker(t, kfake.SeedTopics(partitions, "orders"))
	p := open(t, connect(t, b.ListenAddrs()...), Config{}, endpoint.AtLeastOnce)
	for key, hash := range map[string]int32{
		"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536,
		"a-little-bit-longer-string":                       -1486304829,
		"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
		"abc": 479470107,
	} {
		a := wait(t, send(p, &core.Record{Topic: "orders", Key: []byte(key)}))
		if a.err != nil {
			t.Fatal(a.err)
		}
		if want := hash & 0x7fffffff % partitions; a.receipt.Partition != want {
			t.Errorf("key %q: got partition %d, want %d", key, a.receipt.Partition, want)
		}
	}
}

func TestClasses(t *testing.T) {
	for level, want := range map[endpoint.QoS]Class{
		endpoint.None: Unacknowledged, endpoint.Balanced: Acknowledged, endpoint.AtBest: Acknowledged,
		endpoint.AtLeastOnce: Acknowledged, endpoint.AtMostOnce: Stopping,
	} {
		if got := ClassOf(level); got != want {
			t.Errorf("%s: got %s, want %s", level, got, want)
		}
	}
}

// forget makes the broker answer the next batch as if it had lost what came before.
func forget(b *kfake.Cluster) {
	b.ControlKey(int16(kmsg.Produce), func(req kmsg.Request) (kmsg.Response, error, bool) {
		produce := req.(*kmsg.ProduceRequest)
		resp := produce.ResponseKind().(*kmsg.ProduceResponse)
		for _, t := range produce.Topics {
			rt := kmsg.NewProduceResponseTopic()
			rt.Topic, rt.TopicID = t.Topic, t.TopicID
			for _, p := range t.Partitions {
				rp := kmsg.NewProduceResponseTopicPartition()
				rp.Partition, rp.ErrorCode, rp.BaseOffset = p.Partition, kerr.OutOfOrderSequenceNumber.Code, -1
				rt.Partitions = append(rt.Partitions, rp)
			}
			resp.Topics = append(resp.Topics, rt)
		}
		return resp, nil, true
	})
}

func TestDataLossStopsAtMostOnceAlone(t *testing.T) {
	for level, stops := range map[endpoint.QoS]bool{endpoint.AtMostOnce: true, endpoint.AtLeastOnce: false} {
		b := broker(t, kfake.SeedTopics(1, "orders"))
		p := open(t, connect(t, b.ListenAddrs()...), Config{}, level)
		if a := wait(t, send(p, &core.Record{Topic: "orders"})); a.err != nil {
			t.Fatal(a.err)
		}
		forget(b)
		a := wait(t, send(p, &core.Record{Topic: "orders"}))
		if !stops {
			if a.err != nil || p.Stopped() {
				t.Errorf("%s: got %v, stopped %t, want the record to be sent again", level, a.err, p.Stopped())
			}
			continue
		}
		wantCode(t, a, core.CodeOutcomeUnknown)
		if !p.Stopped() {
			t.Errorf("%s: the producer goes on", level)
		}
		wantCode(t, wait(t, send(p, &core.Record{Topic: "orders"})), core.CodeOutcomeUnknown)
	}
}
