package member

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// TestNewTopicIsNotLeftToTheNextHeartbeat: two members share a new topic at a broker that asks for a
// heartbeat every ten minutes. To share it, one gives partitions up and the other one takes them.
func TestNewTopicIsNotLeftToTheNextHeartbeat(t *testing.T) {
	cfg := Config{ServerSide: true, quickFor: 2 * patience}
	r := newRig(t, cfg, kfake.SeedTopics(2, "o.a"), kfake.BrokerConfigs(map[string]string{
		"group.consumer.heartbeat.interval.ms": "600000", "group.consumer.session.timeout.ms": "3600000",
	}))
	_, other := r.process(cfg)
	read := matching(`o\..`)
	read.Level, read.Reset = endpoint.AtBest, qos.Latest
	a, b := attach(t, r.groups, read), attach(t, other, read)
	eventually(t, "the first assignment", func() bool { return r.groups.Stats().Partitions+other.Stats().Partitions >= 2 })
	r.create("o.b", 2)
	eventually(t, "that both have their share", func() bool {
		return r.groups.Stats().Partitions == 2 && other.Stats().Partitions == 2
	})
	for p := range int32(2) {
		r.write("o.b", p, "1", "2")
	}
	eventually(t, "all records", func() bool { return len(a.values())+len(b.values()) == 4 })
	a.close()
	b.close()
}

// TestClassicGroupIsNotRebalancedForNothing: where the broker does not know KIP-848, to hurry would
// be to join again and again.
func TestClassicGroupIsNotRebalancedForNothing(t *testing.T) {
	r := newRig(t, Config{ServerSide: true, quickFor: 2 * patience}, kfake.SeedTopics(1, "o.a"))
	r.broker.ControlKey(int16(kmsg.ConsumerGroupHeartbeat), func(req kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.KeepControl()
		resp := req.ResponseKind().(*kmsg.ConsumerGroupHeartbeatResponse)
		resp.ErrorCode = kerr.UnsupportedVersion.Code
		return resp, nil, true
	})
	c := attach(t, r.groups, matching(`o\..`))
	r.write("o.a", 0, "1")
	eventually(t, "a record", func() bool { return len(c.values()) == 1 })
	r.create("o.b", 1)
	r.write("o.b", 0, "2")
	eventually(t, "one of the new topic", func() bool { return len(c.values()) == 2 })
	joins := r.broker.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.JoinGroup}, Observe: true, Count: -1})
	beats := r.broker.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Heartbeat}, Observe: true, Count: -1})
	begun := time.Now()
	eventually(t, "a heartbeat after some quick ones", func() bool { return beats.Hits() > 0 && time.Since(begun) > 4*quickPace })
	if joins.Hits() > 2 { // the last ones that the new topic needs may come late
		t.Errorf("%d joins after the group was complete", joins.Hits())
	}
	c.close()
}
