package get

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
)

// atLevel is the configuration of a level, with two records in a page.
func atLevel(level endpoint.QoS) endpoint.JSON {
	return endpoint.JSON(`{"qos":"` + string(level) + `","messagesLimitCount":2,"messagesLimitDurationMs":20}`)
}

// TestLevelsWithIDs: ids and the next cursor at every level but balanced.
func TestLevelsWithIDs(t *testing.T) {
	for _, level := range []endpoint.QoS{endpoint.AtBest, endpoint.AtMostOnce, endpoint.AtLeastOnce} {
		r := newRig(t, atLevel(level), nil, "1", "2", "3")
		_, _, body := r.get(t, "?cursor=a+b")
		want := `{"items":[{"id":"b3JkZXJzQDAjMA==","content":1},{"id":"b3JkZXJzQDAjMQ==","content":2}],"pagination":{"nextCursor":"b3JkZXJzQDAjMQ=="}}` + "\n"
		if body != want {
			t.Errorf("%s\n got %s\nwant %s", level, body, want)
		}
		if r.reading.Cursor != "a+b" || r.reading.Level != level || r.reading.AckCursor || !strings.Contains(r.reading.Group, ".pull.") {
			t.Errorf("%s: reading %+v", level, r.reading)
		}
	}
}

// TestCommitAfterTheEnd: at at-least-once the client has the whole answer before anything is
// committed, because it throws half of one away.
func TestCommitAfterTheEnd(t *testing.T) {
	release := make(chan struct{})
	r := newRig(t, atLevel(endpoint.AtLeastOnce), func(r *rig) {
		r.stream.Closing = func() { <-release }
	}, "1", "2")
	client := &http.Client{Timeout: 5 * time.Second}
	res, err := client.Get(r.server.URL + "/orders")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || !strings.HasSuffix(string(body), "}\n") {
		t.Errorf("%v, %s", err, body)
	}
	entrypointstest.Eventually(t, "two records are settled", func() bool { return r.stream.Settled() == 2 })
	if r.stream.Closed() {
		t.Error("the stream is closed")
	}
	close(release)
	if err := res.Body.Close(); err != nil {
		t.Error(err)
	}
	client.CloseIdleConnections()
}

// TestFailedCommitAfterTheEnd is for the log: the records come again.
func TestFailedCommitAfterTheEnd(t *testing.T) {
	r := newRig(t, atLevel(endpoint.AtLeastOnce), func(r *rig) {
		r.stream.CloseErr = core.Wrap(core.CodeReadTimeout, "commit", errors.New("no answer"))
	}, "1")
	if _, _, body := r.get(t, ""); strings.Contains(body, "error") {
		t.Errorf("got %s", body)
	}
	r.server.Close() // waits for the request
	if log := r.host.Logged.String(); !strings.Contains(log, "stream not closed cleanly") || !strings.Contains(log, "no answer") {
		t.Errorf("the cause is not logged: %s", log)
	}
}

// TestLargePageAtAtLeastOnce is streamed, and settled in pieces.
func TestLargePageAtAtLeastOnce(t *testing.T) {
	value := `"` + strings.Repeat("x", 20<<10) + `"`
	r := newRig(t, `{"qos":"at-least-once","messagesLimitCount":5,"messagesLimitDurationMs":1000}`, nil, value, value, value, value, value)
	_, header, body := r.get(t, "")
	if n := strings.Count(body, `"content"`); n != 5 || r.stream.Settled() != 5 || header.Get("Content-Length") != "" {
		t.Errorf("%d items, %d settled, length %q", n, r.stream.Settled(), header.Get("Content-Length"))
	}
}

func TestAckCursor(t *testing.T) {
	r := newRig(t, atLevel(endpoint.AtLeastOnce), nil)
	if status, _, body := r.get(t, "?ack=cursor&cursor=x"); status != http.StatusOK || !r.reading.AckCursor || r.reading.Cursor != "x" {
		t.Errorf("%d %s, reading %+v", status, body, r.reading)
	}
	for _, c := range []struct {
		level       endpoint.QoS
		query, want string
	}{
		{endpoint.AtLeastOnce, "?ack=", `{"type":"about:blank","title":"Invalid request","status":400,"detail":"ack must be cursor, not \"\"","code":"FAILURE_INVALID_REQUEST","instance":"/orders"}`},
		{endpoint.AtLeastOnce, "?ack=all", `{"type":"about:blank","title":"Invalid request","status":400,"detail":"ack must be cursor, not \"all\"","code":"FAILURE_INVALID_REQUEST","instance":"/orders"}`},
		{endpoint.AtBest, "?ack=cursor", `{"type":"about:blank","title":"Incompatible QoS","status":400,"detail":"ack=cursor is for level at-least-once; this operation has level at-best","code":"INCOMPATIBLE_QOS","instance":"/orders"}`},
	} {
		r := newRig(t, atLevel(c.level), nil)
		if status, _, body := r.get(t, c.query); status != http.StatusBadRequest || body != c.want {
			t.Errorf("%d\n got %s\nwant %s", status, body, c.want)
		}
	}
}
