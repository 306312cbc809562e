package gateway

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/test/harness"
)

// page asks for a page and gives the contents of its items and its next cursor.
func (r *rig) page(path string, headers ...string) (contents []string, next string) {
	r.t.Helper()
	got := r.Do("GET", path, "", headers...)
	if got.Status != 200 {
		r.t.Fatalf("got %d %s", got.Status, got.Body)
	}
	object := got.JSON(r.t)
	items, _ := object["items"].([]any)
	for _, item := range items {
		fields, _ := item.(map[string]any)
		contents = append(contents, fmt.Sprint(fields["content"]))
	}
	pagination, _ := object["pagination"].(map[string]any)
	next, _ = pagination["nextCursor"].(string)
	return contents, next
}

func TestGetPages(t *testing.T) {
	brief := atPath(get("none", `"messagesLimitDurationMs":500`), "/brief")
	r := start(t, setup{operations: ops(operation("orders", get("none", long)), operation("brief", brief))})
	for i := range 5 {
		r.produce(fmt.Sprint(i))
	}
	beginning := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s@0#-1", r.topic))
	contents, next := r.page("/orders?limit=2&cursor=" + url.QueryEscape(beginning))
	if fmt.Sprint(contents) != "[0 1]" || decoded(t, next) != r.topic+"@0#1" {
		t.Fatalf("got %v, next %q", contents, decoded(t, next))
	}
	contents, next = r.page("/orders?limit=3&cursor=" + url.QueryEscape(next))
	if fmt.Sprint(contents) != "[2 3 4]" {
		t.Fatalf("got %v", contents)
	}
	contents, last := r.page("/brief?cursor=" + url.QueryEscape(next))
	if len(contents) != 0 || last != next {
		t.Errorf("at the end: got %v, next %q, want the cursor again", contents, last)
	}
}

func TestGetItems(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", get("none", `"headersInPayload":true`, `"metadataInPayload":true`, `"messagesLimitCount":4`, long)))})
	for _, rec := range []*kgo.Record{
		{Value: []byte(`{"a":1}`), Key: []byte("k"), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("1")}, {Key: "h", Value: []byte("2")}}},
		{Value: []byte("plain")},
		{Value: []byte{0xff}},
		{Key: []byte("k")},
	} {
		rec.Topic = r.topic
		harness.Produce(r.t, r.kafka, rec)
	}
	beginning := url.QueryEscape(base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s@0#-1", r.topic)))
	items, _ := r.Do("GET", "/orders?cursor="+beginning, "").JSON(t)["items"].([]any)
	if len(items) != 4 {
		t.Fatalf("got %v", items)
	}
	for i, want := range []string{
		"content:map[a:1] headers:map[h:[1 2]]", "content:plain", "content:/w== encoding:base64", "content:<nil>",
	} {
		if got := fmt.Sprint(items[i]); !strings.Contains(got, want) || !strings.Contains(got, "metadata:map[") {
			t.Errorf("item %d is %s, want %s", i, got, want)
		}
	}
	xml := r.Do("GET", "/orders?cursor="+beginning, "", "Accept: application/xml")
	if xml.Status != 200 || xml.Header.Get("Content-Type") != "application/xml" || !strings.Contains(xml.Body, "<items>") {
		t.Errorf("got %d %s", xml.Status, xml.Body)
	}
	text := r.Do("GET", "/orders?cursor="+beginning, "", "Accept: text/plain")
	if text.Status != 200 || !strings.HasPrefix(text.Header.Get("Content-Type"), "text/plain") || !strings.Contains(text.Body, "plain") {
		t.Errorf("got %d %s", text.Status, text.Body)
	}
}

func TestGetRefusals(t *testing.T) {
	r := start(t, setup{operations: ops(operation("orders", get("none", `"messagesLimitCount":10`, `"messagesLimitDurationMs":200`)))})
	for _, limit := range []string{"-1", "x", "1.5"} {
		r.Do("GET", "/orders?limit="+limit, "").WantProblem(t, 400, "FAILURE_INVALID_REQUEST")
	}
	r.Do("GET", "/orders?cursor=nonsense", "").WantProblem(t, 400, "FAILURE_INVALID_CURSOR")
	r.Do("GET", "/orders", "", "Accept: image/png").WantProblem(t, 406, "FAILURE_NOT_ACCEPTABLE")
}

func TestGetCursorBelowTheLog(t *testing.T) {
	broker := harness.Embedded(t)
	r := start(t, setup{brokers: broker.ListenAddrs()[0], operations: ops(operation("orders", everyEntrypoint("none")...))})
	r.produce("0", "1", "2", "3")
	if err := broker.DeleteRecords(r.topic, 0, 2); err != nil {
		t.Fatal(err)
	}
	old := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s@0#-1", r.topic))
	problem := r.Do("GET", "/orders?cursor="+url.QueryEscape(old), "").WantProblem(t, 410, "FAILURE_CURSOR_GONE")
	oldest, _ := problem["oldest"].(string)
	if decoded(t, oldest) != r.topic+"@0#1" {
		t.Errorf("oldest is %q", decoded(t, oldest))
	}
	if contents, _ := r.page("/orders?limit=2&cursor=" + url.QueryEscape(oldest)); fmt.Sprint(contents) != "[2 3]" {
		t.Errorf("from the oldest: got %v", contents)
	}
	s := r.Stream("/orders", "Last-Event-ID: "+old)
	gap := s.Event()
	if gap.Name != "gap" || !strings.Contains(gap.Data, oldest) || !strings.Contains(gap.Data, old) {
		t.Errorf("got event %q %s, want the gap with both cursors", gap.Name, gap.Data)
	}
	s.WantData("2", "3")
}

func TestGetBalanced(t *testing.T) {
	earliest := `apis: { shop: { endpoints: { default: { sharedConfigurationOverride: { consumer: { autoOffsetReset: earliest } } } } } }`
	r := start(t, setup{operations: ops(operation("orders", get("balanced", long))), config: earliest})
	r.produce("0", "1", "2")
	if contents, next := r.page("/orders?limit=2"); fmt.Sprint(contents) != "[0 1]" || next != "" {
		t.Fatalf("got %v, next %q", contents, next)
	}
	if contents, _ := r.page("/orders?limit=1"); fmt.Sprint(contents) != "[2]" {
		t.Fatalf("got %v, want the one that was not delivered", contents)
	}
	if contents, _ := r.page("/orders?limit=3", "X-Client-Identifier: other"); fmt.Sprint(contents) != "[0 1 2]" {
		t.Fatalf("another group: got %v", contents)
	}
}
