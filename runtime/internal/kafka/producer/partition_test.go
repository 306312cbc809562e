package producer

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func TestPinnedPartition(t *testing.T) {
	b := broker(t, kfake.SeedTopics(3, "orders"))
	p := open(t, connect(t, b.ListenAddrs()...), Config{}, endpoint.Balanced)
	for partition := range int32(3) {
		// A key that is there does not count against a choice.
		a := wait(t, send(p, &core.Record{Topic: "orders", Key: []byte("k"), Pinned: true, Partition: partition}))
		if a.err != nil || a.receipt.Partition != partition {
			t.Errorf("partition %d: landed in %d, %v", partition, a.receipt.Partition, a.err)
		}
	}
	a := wait(t, send(p, &core.Record{Topic: "orders", Pinned: true, Partition: 3}))
	const want = `produce: FAILURE_INVALID_REQUEST: topic "orders" has no partition 3: it has the partitions 0 to 2`
	if a.err == nil || a.err.Error() != want {
		t.Errorf("got %v, want %s", a.err, want)
	}
	// The partition of a record that is not pinned is nobody's choice.
	if a := wait(t, send(p, &core.Record{Topic: "orders", Partition: 3})); a.err != nil {
		t.Errorf("not pinned: %v", a.err)
	}
}

func TestPinnedPartitionThatWasAdded(t *testing.T) {
	b := broker(t, kfake.SeedTopics(1, "orders"))
	c := connect(t, b.ListenAddrs()...)
	p := open(t, c, Config{}, endpoint.Balanced)
	pinned := &core.Record{Topic: "orders", Pinned: true, Partition: 1}
	wantCode(t, wait(t, send(p, pinned)), core.CodeInvalidRequest)
	request := kmsg.NewPtrCreatePartitionsRequest()
	topic := kmsg.NewCreatePartitionsRequestTopic()
	topic.Topic, topic.Count = "orders", 2
	request.Topics = append(request.Topics, topic)
	if _, err := request.RequestWith(t.Context(), p.client); err != nil {
		t.Fatal(err)
	}
	for {
		a := wait(t, send(p, pinned))
		if a.err == nil {
			if a.receipt.Partition != 1 {
				t.Errorf("landed in %d", a.receipt.Partition)
			}
			return
		}
		if wantCode(t, a, core.CodeInvalidRequest); t.Failed() {
			return
		}
	}
}

func TestEqualKeysLandTogether(t *testing.T) {
	b := broker(t, kfake.SeedTopics(8, "orders"))
	p := open(t, connect(t, b.ListenAddrs()...), Config{}, endpoint.Balanced)
	// murmur2 of the keys is -973932308 and -790332482 in Java (UtilsTest): masked, modulo 8.
	for key, want := range map[string]int32{"21": 4, "foobar": 6} {
		for range 3 {
			if a := wait(t, send(p, &core.Record{Topic: "orders", Key: []byte(key)})); a.err != nil || a.receipt.Partition != want {
				t.Errorf("%s: landed in %d, want %d, %v", key, a.receipt.Partition, want, a.err)
			}
		}
	}
}

func TestTombstone(t *testing.T) {
	b := broker(t, kfake.SeedTopics(1, "orders"))
	c := connect(t, b.ListenAddrs()...)
	p := open(t, c, Config{}, endpoint.Balanced)
	for _, value := range [][]byte{nil, {}} {
		if a := wait(t, send(p, &core.Record{Topic: "orders", Key: []byte("k"), Value: value})); a.err != nil {
			t.Fatal(a.err)
		}
	}
	client, err := c.NewClient("test", kgo.ConsumeTopics("orders"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var read []*kgo.Record
	for len(read) < 2 {
		read = append(read, client.PollRecords(t.Context(), 2).Records()...)
	}
	if read[0].Value != nil || read[1].Value == nil || len(read[1].Value) != 0 {
		t.Errorf("got the values %#v and %#v, want null and an empty one", read[0].Value, read[1].Value)
	}
}
