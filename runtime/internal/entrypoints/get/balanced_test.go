package get

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
)

// grouped makes the stream one of a consumer group, which has no ids.
func grouped(r *rig) { r.stream.IDs = false }

const balanced = `{"messagesLimitCount":2,"messagesLimitDurationMs":20}`

// TestBalanced: no ids, no pagination, and the commit is done before the client sees the end.
func TestBalanced(t *testing.T) {
	r := newRig(t, balanced, grouped, "1", "2", "3")
	_, header, body := r.get(t, "?limit=5&cursor=ignored", "X-Client-Identifier", "till-7")
	if want := `{"items":[{"content":1},{"content":2}]}` + "\n"; body != want {
		t.Errorf("\n got %s\nwant %s", body, want)
	}
	if !r.stream.Closed() || r.stream.Settled() != 2 {
		t.Errorf("closed %v, %d settled when the client had its answer", r.stream.Closed(), r.stream.Settled())
	}
	if got, want := r.reading.Group, "shop.watchOrders.pull.37fcff24bf62035b.till-7"; got != want {
		t.Errorf("group %q, want %q", got, want)
	}
	if got := header.Get("X-Client-Identifier"); got != "till-7" {
		t.Errorf("client identifier %q", got)
	}
}

func TestBalancedWithoutRecords(t *testing.T) {
	r := newRig(t, balanced, grouped)
	if _, _, body := r.get(t, ""); body != `{"items":[]}`+"\n" {
		t.Errorf("got %s", body)
	}
}

// TestFailureAfterTheFirstRecord stands beside the items, which are settled.
func TestFailureAfterTheFirstRecord(t *testing.T) {
	r := newRig(t, balanced, func(r *rig) {
		grouped(r)
		r.stream.Push(entrypointstest.Record(0, "1"))
		r.stream.Fail(core.Wrap(core.CodeBrokerUnavailable, "fetch", errors.New("dial 10.0.0.1")))
	})
	status, _, body := r.get(t, "")
	want := `{"items":[{"content":1}],"error":{"type":"about:blank","title":"Kafka unavailable","status":503,` +
		`"detail":"Kafka cannot be reached; nothing was read or written","code":"FAILURE_BROKER_UNAVAILABLE"}}` + "\n"
	if status != http.StatusOK || body != want {
		t.Errorf("%d\n got %s\nwant %s", status, body, want)
	}
	if r.stream.Settled() != 1 {
		t.Errorf("%d settled", r.stream.Settled())
	}
	if log := r.host.Logged.String(); !strings.Contains(log, "dial 10.0.0.1") {
		t.Errorf("the cause is not logged: %s", log)
	}
}

// TestFailedCommit tells the client that it will see the records again.
func TestFailedCommit(t *testing.T) {
	r := newRig(t, balanced, func(r *rig) {
		grouped(r)
		r.stream.CloseErr = core.Wrap(core.CodeReadTimeout, "commit", errors.New("no answer"))
	}, "1")
	_, _, body := r.get(t, "")
	want := `{"items":[{"content":1}],"error":{"type":"about:blank","title":"Kafka did not answer in time","status":504,` +
		`"detail":"Kafka did not answer in time","code":"FAILURE_READ_TIMEOUT"}}` + "\n"
	if body != want {
		t.Errorf("\n got %s\nwant %s", body, want)
	}
}

// TestSkippedRecordsAreSettled: a hook that skips every record must neither hold the answer nor
// the group's position.
func TestSkippedRecordsAreSettled(t *testing.T) {
	r := newRig(t, balanced, grouped)
	r.stream.Push(nil, nil)
	if _, _, body := r.get(t, ""); body != `{"items":[]}`+"\n" {
		t.Errorf("got %s", body)
	}
	if r.stream.Settled() != 2 {
		t.Errorf("%d settled", r.stream.Settled())
	}
}

// TestLargePageIsStreamed: the answer leaves in pieces and every piece is settled.
func TestLargePageIsStreamed(t *testing.T) {
	value := `"` + strings.Repeat("x", 20<<10) + `"`
	r := newRig(t, `{"messagesLimitCount":5,"messagesLimitDurationMs":1000}`, grouped, value, value, value, value, value)
	_, _, body := r.get(t, "")
	if n := strings.Count(body, `"content"`); n != 5 || r.stream.Settled() != 5 {
		t.Errorf("%d items, %d settled", n, r.stream.Settled())
	}
}

// TestDrainEndsTheWait: what was collected is the answer.
func TestDrainEndsTheWait(t *testing.T) {
	r := newRig(t, `{"messagesLimitDurationMs":0}`, grouped, "1")
	r.stream.Polled = func() { r.host.Drain() }
	if status, _, body := r.get(t, ""); status != http.StatusOK || body != `{"items":[{"content":1}]}`+"\n" {
		t.Errorf("%d %s", status, body)
	}
}

// TestClientGone: nothing is settled for a client that does not wait for its answer.
func TestClientGone(t *testing.T) {
	r := newRig(t, `{"messagesLimitDurationMs":0}`, grouped, "1")
	ctx, leave := context.WithCancel(t.Context())
	r.stream.Polled = leave
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.server.URL+"/orders", nil)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := r.server.Client().Do(req); err == nil {
		_ = res.Body.Close()
		t.Fatal("the request was answered")
	}
	entrypointstest.Eventually(t, "the stream is closed", r.stream.Closed)
	if n := r.stream.Settled(); n != 0 {
		t.Errorf("%d settled", n)
	}
}
