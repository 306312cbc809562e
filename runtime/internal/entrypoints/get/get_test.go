package get

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

func TestPage(t *testing.T) {
	r := newRig(t, brief, nil, `{"n":1}`, `plain`, `3`, `4`)
	status, header, body := r.get(t, "")
	want := `{"items":[` +
		`{"id":"b3JkZXJzQDAjMA==","content":{"n":1}},` +
		`{"id":"b3JkZXJzQDAjMQ==","content":"plain"},` +
		`{"id":"b3JkZXJzQDAjMg==","content":3}],` +
		`"pagination":{"nextCursor":"b3JkZXJzQDAjMg=="}}` + "\n"
	if status != http.StatusOK || body != want {
		t.Errorf("%d\n got %s\nwant %s", status, body, want)
	}
	for name, value := range map[string]string{"Content-Type": "application/json", "Cache-Control": "no-store", "Vary": "Accept"} {
		if got := header.Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if n := r.host.Counters.DeliveredRecords.Load(); n != 3 {
		t.Errorf("counted %d records", n)
	}
	if n := r.host.Counters.DeliveredBytes.Load(); n != 13 {
		t.Errorf("counted %d bytes", n)
	}
	entrypointstest.Eventually(t, "the stream is closed and its place given back", func() bool {
		return r.stream.Closed() && r.host.Counters.Places.Load() == 0 && r.host.Counters.Open.Load() == 0
	})
	want = `{"items":[{"id":"b3JkZXJzQDAjMw==","content":4}],"pagination":{"nextCursor":"b3JkZXJzQDAjMw=="}}` + "\n"
	if _, _, body = r.get(t, "?cursor=b3JkZXJzQDAjMg=="); body != want {
		t.Errorf("\n got %s\nwant %s", body, want)
	}
	reading := qos.Reading{Kind: endpoint.HTTPGet, Level: endpoint.None, Cursor: "b3JkZXJzQDAjMg==", Wait: 20 * time.Millisecond}
	if got := r.reading; got.Cursor != reading.Cursor || got.Kind != reading.Kind || got.Level != reading.Level ||
		got.Group != "" || got.Wait != reading.Wait {
		t.Errorf("reading %+v", got)
	}
}

func TestEmptyPageHasAPosition(t *testing.T) {
	r := newRig(t, brief, nil)
	want := `{"items":[],"pagination":{"nextCursor":"b3JkZXJzQDAjLTE="}}` + "\n"
	if _, _, body := r.get(t, ""); body != want {
		t.Errorf("\n got %s\nwant %s", body, want)
	}
}

func TestLimitLowersOnly(t *testing.T) {
	for _, c := range []struct {
		query, items string
		limit        string
	}{
		{"?limit=", "3", ""},
		{"?limit=0", "0", `,"limit":0`},
		{"?limit=2", "2", `,"limit":2`},
		{"?limit=1000", "3", `,"limit":3`},
	} {
		r := newRig(t, `{"qos":"none","messagesLimitCount":3,"messagesLimitDurationMs":0}`, nil, "1", "2", "3", "4")
		_, _, body := r.get(t, c.query)
		if n := strings.Count(body, `"content"`); string(rune('0'+n)) != c.items || strings.Contains(body, "limit") != (c.limit != "") ||
			!strings.Contains(body, c.limit) {
			t.Errorf("%s: %s", c.query, body)
		}
	}
}

// TestRefused is every wrong input and every failure before the first byte.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		query   string
		accept  string
		openErr error
		change  func(*rig)
		status  int
		want    string
	}{
		{
			name: "limit", query: "?limit=-1", status: 400,
			want: `{"type":"about:blank","title":"Invalid request","status":400,"detail":"limit must be a whole number from 0 to 2147483647, not \"-1\"","code":"FAILURE_INVALID_REQUEST","instance":"/orders"}`,
		},
		{
			name: "limit too large", query: "?limit=2147483648", status: 400,
			want: `{"type":"about:blank","title":"Invalid request","status":400,"detail":"limit must be a whole number from 0 to 2147483647, not \"2147483648\"","code":"FAILURE_INVALID_REQUEST","instance":"/orders"}`,
		},
		{
			name: "query", query: "?cursor=orders@0;1", status: 400,
			want: `{"type":"about:blank","title":"Invalid request","status":400,"detail":"the query string is malformed: write ; as %3B, # as %23 and % as %25","code":"FAILURE_INVALID_REQUEST","instance":"/orders"}`,
		},
		{
			name: "two cursors", query: "?cursor=orders@0%231&limit=1&cursor=orders@0%232", status: 400,
			want: `{"type":"about:blank","title":"Invalid request","status":400,"detail":"the parameter cursor must be there once","code":"FAILURE_INVALID_REQUEST","instance":"/orders"}`,
		},
		{
			name: "cursor", query: "?cursor=x", status: 400, openErr: core.NewError(core.CodeInvalidCursor, `cursor "x" is malformed`),
			want: `{"type":"about:blank","title":"Invalid cursor","status":400,"detail":"cursor \"x\" is malformed","code":"FAILURE_INVALID_CURSOR","instance":"/orders"}`,
		},
		{
			name: "cursor below the log", status: 410,
			openErr: &core.Error{Code: core.CodeCursorGone, Detail: "the log begins at 5", Oldest: "orders@0#4"},
			want:    `{"type":"about:blank","title":"Cursor below the log","status":410,"detail":"the log begins at 5","code":"FAILURE_CURSOR_GONE","instance":"/orders","oldest":"b3JkZXJzQDAjNA=="}`,
		},
		{
			name: "accept", accept: "application/grpc;q=0.8, image/*", status: 406,
			want: `{"type":"about:blank","title":"Not acceptable","status":406,"detail":"the answer can be application/json, application/xml or text/plain, Accept is \"application/grpc;q=0.8, image/*\"","code":"FAILURE_NOT_ACCEPTABLE","instance":"/orders"}`,
		},
		{
			name: "group in use", status: 409, openErr: core.NewError(core.CodeGroupInUse, "the group has live members"),
			want: `{"type":"about:blank","title":"Consumer group in use","status":409,"detail":"the group has live members","code":"FAILURE_GROUP_IN_USE","instance":"/orders"}`,
		},
		{
			name: "brokers away", status: 503, openErr: core.NewError(core.CodeBrokerUnavailable, "10.0.0.1"),
			want: `{"type":"about:blank","title":"Kafka unavailable","status":503,"detail":"Kafka cannot be reached; nothing was read or written","code":"FAILURE_BROKER_UNAVAILABLE","instance":"/orders"}`,
		},
		{
			name: "failure before the first record", status: 504,
			change: func(r *rig) { r.stream.Fail(core.NewError(core.CodeReadTimeout, "")) },
			want:   `{"type":"about:blank","title":"Kafka did not answer in time","status":504,"detail":"Kafka did not answer in time","code":"FAILURE_READ_TIMEOUT","instance":"/orders"}`,
		},
		{
			name: "too many streams", status: 429,
			change: func(r *rig) {
				r.host.Refuse = &core.Error{Code: core.CodeTooManyRequests, Detail: "too many streams of one client are open", RetryAfter: 5}
			},
			want: `{"type":"about:blank","title":"Too many requests","status":429,"detail":"too many streams of one client are open","code":"FAILURE_TOO_MANY_REQUESTS","instance":"/orders"}`,
		},
		{
			name: "draining", status: 503, change: func(r *rig) { r.host.Drain() },
			want: `{"type":"about:blank","title":"Shutting down","status":503,"detail":"the gateway is shutting down; connect again","code":"FAILURE_DRAINING","instance":"/orders"}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, brief, func(r *rig) {
				r.openErr = c.openErr
				if c.change != nil {
					c.change(r)
				}
			})
			status, header, body := r.get(t, c.query, "Accept", c.accept)
			if status != c.status || body != c.want || header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d %s\n got %s\nwant %s", status, header.Get("Content-Type"), body, c.want)
			}
			if (status == 429 || status == 503) != (header.Get("Retry-After") != "") {
				t.Errorf("Retry-After %q", header.Get("Retry-After"))
			}
		})
	}
}

// TestCursorKeepsItsPlus: an unescaped plus of base64 arrives as a space.
func TestCursorKeepsItsPlus(t *testing.T) {
	r := newRig(t, brief, nil)
	r.get(t, "?cursor=a+b/c%3D&other="+url.QueryEscape("ü"))
	if r.reading.Cursor != "a+b/c=" {
		t.Errorf("cursor %q", r.reading.Cursor)
	}
}
