package member

import (
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

func TestAtMostOnceCommitsFirst(t *testing.T) {
	r := newRig(t, Config{CommitInterval: time.Hour}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 5)...)
	s := open(t, r.groups, at(endpoint.AtMostOnce, "", "orders"))
	b := poll(t, s, 2)
	if got := committed(t, r, "orders", 0); got != 2 {
		t.Errorf("committed %d when 2 records were handed out", got)
	}
	if got := id(b, 1); got != "orders@0#1" {
		t.Errorf("id: got %s", got)
	}
	closeStream(t, s) // nothing was settled: the records count as delivered all the same
	s = open(t, r.groups, at(endpoint.AtMostOnce, "", "orders"))
	if got := valuesOf(poll(t, s, 0)); !slices.Equal(got, numbers(2, 5)) {
		t.Errorf("next connection: got %v, want 2 to 4", got)
	}
	closeStream(t, s)
}

// refuse answers commits that move a partition forward with an error, n times.
func (r *rig) refuse(n int, code int16) {
	r.broker.ControlKey(int16(kmsg.OffsetCommit), func(req kmsg.Request) (kmsg.Response, error, bool) {
		commit := req.(*kmsg.OffsetCommitRequest)
		if commit.Topics[0].Partitions[0].Offset == 0 || n == 0 {
			return nil, nil, false
		}
		n--
		r.broker.KeepControl()
		resp := commit.ResponseKind().(*kmsg.OffsetCommitResponse)
		for _, t := range commit.Topics {
			rt := kmsg.NewOffsetCommitResponseTopic()
			rt.Topic, rt.TopicID = t.Topic, t.TopicID
			for _, p := range t.Partitions {
				rp := kmsg.NewOffsetCommitResponseTopicPartition()
				rp.Partition, rp.ErrorCode = p.Partition, code
				rt.Partitions = append(rt.Partitions, rp)
			}
			resp.Topics = append(resp.Topics, rt)
		}
		return resp, nil, true
	})
}

func TestAtMostOnceWaitsForARefusedCommit(t *testing.T) {
	r := newRig(t, Config{CommitInterval: time.Hour}, kfake.SeedTopics(1, "orders"))
	r.refuse(2, kerr.RebalanceInProgress.Code)
	r.write("orders", 0, numbers(0, 3)...)
	s := open(t, r.groups, at(endpoint.AtMostOnce, "", "orders"))
	if got := valuesOf(poll(t, s, 0)); !slices.Equal(got, numbers(0, 3)) {
		t.Errorf("got %v, want each record once", got)
	}
	if got := committed(t, r, "orders", 0); got != 3 {
		t.Errorf("committed %d, want 3", got)
	}
	closeStream(t, s)
}

func TestAtMostOnceEndsWhenACommitIsUnknown(t *testing.T) {
	r := newRig(t, Config{CommitInterval: time.Hour}, kfake.SeedTopics(1, "orders"))
	r.refuse(1, kerr.UnknownServerError.Code)
	r.write("orders", 0, numbers(0, 3)...)
	s := open(t, r.groups, at(endpoint.AtMostOnce, "", "orders"))
	var err error
	eventually(t, "the end of the stream", func() bool {
		var b *qos.Batch
		if b, _, err = s.Poll(0); b != nil {
			t.Fatalf("got %v although the commit failed", valuesOf(b))
		}
		return err != nil
	})
	const want = "commit: FAILURE_INTERNAL: UNKNOWN_SERVER_ERROR: The server experienced an unexpected error when processing the request."
	if err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	closeStream(t, s)
	s = open(t, r.groups, at(endpoint.AtMostOnce, "", "orders"))
	if got := valuesOf(poll(t, s, 0)); !slices.Equal(got, numbers(0, 3)) {
		t.Errorf("next connection: got %v, want all: nothing was handed out", got)
	}
	closeStream(t, s)
}

func TestPullAtMostOnceWaitsForItsPartitions(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, "a")
	read := at(endpoint.AtMostOnce, "", "orders")
	read.Kind = endpoint.HTTPGet
	s := open(t, r.groups, read)
	if got := string(s.Cursor(nil)); got != "orders@0#-1" {
		t.Errorf("cursor of the open stream: got %q, want orders@0#-1", got)
	}
	closeStream(t, s)
}
