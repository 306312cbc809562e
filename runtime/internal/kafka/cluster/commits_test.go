package cluster

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func TestCommits(t *testing.T) {
	b := broker(t, kfake.SeedTopics(2, "orders"))
	c := open(t, b.ListenAddrs()...)
	before, err := c.Committed(t.Context(), "g")
	if err != nil {
		t.Fatal(err)
	}
	if at, ok := before.At("orders", 0); ok {
		t.Errorf("a group that does not exist: got %d", at)
	}
	topics, err := c.Topics(t.Context(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	err = c.Commit(t.Context(), "g", []TopicCommit{{"orders", topics["orders"].ID, map[int32]int64{1: 7}}})
	if err != nil {
		t.Fatal(err)
	}
	after, err := c.Committed(t.Context(), "g")
	if err != nil {
		t.Fatal(err)
	}
	if at, ok := after.At("orders", 1); !ok || at != 7 {
		t.Errorf("partition 1: got %d, %v, want 7", at, ok)
	}
	if at, ok := after.At("orders", 0); ok {
		t.Errorf("partition 0: got %d, want none", at)
	}
}

func TestMembers(t *testing.T) {
	b := broker(t, kfake.SeedTopics(1, "orders"), kfake.BrokerConfigs(map[string]string{"group.initial.rebalance.delay.ms": "0"}))
	c := open(t, b.ListenAddrs()...)
	if n, err := c.Members(t.Context(), "g"); n != 0 || err != nil {
		t.Errorf("no group: got %d, %v, want 0", n, err)
	}
	member, err := c.NewClient("test", kgo.ConsumerGroup("g"), kgo.ConsumeTopics("orders"))
	if err != nil {
		t.Fatal(err)
	}
	defer member.Close()
	eventually(t, "one member", func() bool {
		n, err := c.Members(t.Context(), "g")
		return n == 1 && err == nil
	})
}

// TestFirstGroupOfABroker: a broker that has never seen a group makes its topic for commits
// first, and until then has no coordinator.
func TestFirstGroupOfABroker(t *testing.T) {
	b := broker(t)
	c := open(t, b.ListenAddrs()...)
	refused := 0
	b.ControlKey(int16(kmsg.FindCoordinator), func(req kmsg.Request) (kmsg.Response, error, bool) {
		resp, ok := req.ResponseKind().(*kmsg.FindCoordinatorResponse)
		if refused++; !ok || refused > 3 {
			return nil, nil, false
		}
		b.KeepControl()
		resp.ErrorCode = kerr.CoordinatorNotAvailable.Code
		for _, key := range req.(*kmsg.FindCoordinatorRequest).CoordinatorKeys {
			rc := kmsg.NewFindCoordinatorResponseCoordinator()
			rc.Key, rc.ErrorCode = key, kerr.CoordinatorNotAvailable.Code
			resp.Coordinators = append(resp.Coordinators, rc)
		}
		return resp, nil, true
	})
	if _, err := c.Committed(t.Context(), "g"); err != nil {
		t.Errorf("got %v, want to wait for the coordinator", err)
	}
	if refused < 4 {
		t.Errorf("the broker refused %d times, want 3", refused)
	}
}
