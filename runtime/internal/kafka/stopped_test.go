package kafka_test

import (
	"net"
	"strconv"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// TestStoppedProducerIsReplaced: a loss of data ends the producer of at-most-once, and the next
// request gets another.
func TestStoppedProducerIsReplaced(t *testing.T) {
	b, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "orders"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	_, text, err := net.SplitHostPort(b.ListenAddrs()[0])
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	k, target := gateway(t, port)
	publish := func() (qos.Sink, error) {
		t.Helper()
		sink, err := configured(t, k, target).Sink(endpoint.AtMostOnce, "none")
		if err != nil {
			t.Fatal(err)
		}
		outcome := make(chan error, 1)
		sink.Send(&core.Record{Topic: "orders"}, func(_ core.Receipt, err error) { outcome <- err })
		return sink, <-outcome
	}
	published := func() (sink qos.Sink) {
		t.Helper()
		eventually(t, "a record", func() bool { // a first broker may take long to reach
			var err error
			if sink, err = publish(); err != nil && core.CodeOf(err) != core.CodeBrokerUnavailable {
				t.Fatal(err)
			}
			return err == nil
		})
		return sink
	}
	first := published()
	b.ControlKey(int16(kmsg.Produce), func(req kmsg.Request) (kmsg.Response, error, bool) {
		resp := req.ResponseKind().(*kmsg.ProduceResponse)
		for _, asked := range req.(*kmsg.ProduceRequest).Topics {
			topic := kmsg.NewProduceResponseTopic()
			topic.Topic, topic.TopicID = asked.Topic, asked.TopicID
			partition := kmsg.NewProduceResponseTopicPartition()
			partition.ErrorCode, partition.BaseOffset = kerr.OutOfOrderSequenceNumber.Code, -1
			topic.Partitions = append(topic.Partitions, partition)
			resp.Topics = append(resp.Topics, topic)
		}
		return resp, nil, true
	})
	if _, err := publish(); core.CodeOf(err) != core.CodeOutcomeUnknown {
		t.Errorf("loss: got %v, want %s", err, core.CodeOutcomeUnknown)
	}
	if published() == first {
		t.Error("after the loss: the same producer")
	}
	if n := k.Stats().Clusters[0].Producers; n != 1 {
		t.Errorf("got %d producers, want 1", n)
	}
}
