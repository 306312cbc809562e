package cluster

import (
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func TestSettledOffsetsWaitForALeader(t *testing.T) {
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "t"))
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	c := open(t, broker.ListenAddrs()[0])
	moving := broker.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Err: kerr.NotLeaderForPartition, Count: 2})
	topics, err := c.SettledOffsets(t.Context(), "t", "absent")
	if err != nil || len(topics) != 1 || moving.Hits() == 0 {
		t.Errorf("got %v, %v after %d refusals, want t", topics, err, moving.Hits())
	}
	broker.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Err: kerr.TopicAuthorizationFailed, Count: -1})
	_, err = c.SettledOffsets(t.Context(), "t")
	if core.CodeOf(err) != core.CodeForbidden || !errors.Is(err, kerr.TopicAuthorizationFailed) {
		t.Errorf("got %v, want %s", err, core.CodeForbidden)
	}
}
