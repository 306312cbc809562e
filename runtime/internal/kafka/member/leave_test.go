package member

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// TestClientThatLeavesWhileItsMemberJoins: the group is left at once. Else the broker would keep the
// member for the session timeout, and the client's next request would wait for it.
func TestClientThatLeavesWhileItsMemberJoins(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "o"))
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	var left atomic.Int64
	r.broker.ControlKey(int16(kmsg.SyncGroup), func(req kmsg.Request) (kmsg.Response, error, bool) {
		r.groups.mu.Lock()
		joining := len(r.groups.members) > 0
		r.groups.mu.Unlock()
		if !joining { // the connection is being closed
			return nil, nil, false
		}
		r.broker.KeepControl() // the member is known to the broker and gets no partitions
		leave()
		resp := req.ResponseKind().(*kmsg.SyncGroupResponse)
		resp.ErrorCode = kerr.RebalanceInProgress.Code
		return resp, nil, true
	})
	r.broker.ControlKey(int16(kmsg.LeaveGroup), func(kmsg.Request) (kmsg.Response, error, bool) {
		r.broker.KeepControl()
		left.Add(1)
		return nil, nil, false
	})
	pull := reading("o")
	pull.Kind, pull.Level = endpoint.HTTPGet, endpoint.AtMostOnce
	const want = "join group: FAILURE_READ_TIMEOUT: context canceled"
	if _, err := r.groups.Open(ctx, pull); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if got := left.Load(); got != 1 {
		t.Errorf("the group was left %d times, want once", got)
	}
}
