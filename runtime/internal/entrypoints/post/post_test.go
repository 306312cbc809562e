package post

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
)

func TestReceipt(t *testing.T) {
	r := newRig(t, `{"qos":"balanced"}`, nil)
	for i, want := range []string{
		`{"id":"b3JkZXJzQDAjMA==","records":[{"topic":"orders","partition":0,"offset":0,"timestamp":"2026-01-31T12:00:00.000Z"}]}` + "\n",
		`{"id":"b3JkZXJzQDAjMQ==","records":[{"topic":"orders","partition":0,"offset":1,"timestamp":"2026-01-31T12:00:01.000Z"}]}` + "\n",
	} {
		status, header, body := r.post(t, `{"quantity":1}`, "Content-Type", "application/json")
		if status != http.StatusAccepted || body != want || header.Get("Content-Type") != "application/json" {
			t.Errorf("%d: %d %q\n got %q\nwant %q", i, status, header.Get("Content-Type"), body, want)
		}
	}
	rec := r.sink.Records()[0]
	if string(rec.Value) != `{"quantity":1}` || rec.Key != nil || rec.Headers != nil || rec.Topic != "orders" {
		t.Errorf("record %+v", rec)
	}
	if n := r.host.Counters.PublishedRecords.Load(); n != 2 {
		t.Errorf("counted %d records", n)
	}
	if n := r.host.Counters.PublishedBytes.Load(); n != 28 {
		t.Errorf("counted %d bytes", n)
	}
}

func TestReceiptOfSeveralTopicsWithPlainIDs(t *testing.T) {
	r := newRig(t, "", func(r *rig) {
		entrypointstest.PlainIDs(r.op)
		entrypointstest.SendTo(r.op, func() ([]string, error) { return []string{"orders", "audit"}, nil })
	})
	status, _, body := r.post(t, "x")
	want := `{"id":"orders@0#0;audit@0#0","records":[` +
		`{"topic":"orders","partition":0,"offset":0,"timestamp":"2026-01-31T12:00:00.000Z"},` +
		`{"topic":"audit","partition":0,"offset":0,"timestamp":"2026-01-31T12:00:00.000Z"}]}` + "\n"
	if status != http.StatusAccepted || body != want {
		t.Errorf("%d\n got %s\nwant %s", status, body, want)
	}
}

func TestNoReceipt(t *testing.T) {
	for _, c := range []struct {
		name    string
		config  endpoint.JSON
		header  []string
		applied string
	}{
		{"level none", `{"qos":"none"}`, nil, ""},
		{"minimal", `{}`, []string{"Prefer", "respond-async, return=minimal; x=y"}, "return=minimal"},
		{"minimal quoted", `{}`, []string{"Prefer", `Return="minimal"`}, "return=minimal"},
	} {
		r := newRig(t, c.config, nil)
		status, header, body := r.post(t, "x", c.header...)
		if status != http.StatusAccepted || body != "" || header.Get("Preference-Applied") != c.applied {
			t.Errorf("%s: %d %q %q", c.name, status, body, header)
		}
	}
	r := newRig(t, "", nil)
	if _, _, body := r.post(t, "x", "Prefer", "return=representation"); body == "" {
		t.Error("return=representation has no receipt")
	}
}

func TestEmptyBodyIsAnEmptyPayload(t *testing.T) {
	r := newRig(t, "", nil)
	if status, _, body := r.post(t, ""); status != http.StatusAccepted {
		t.Fatalf("%d %s", status, body)
	}
	if value := r.sink.Records()[0].Value; value == nil || len(value) != 0 {
		t.Errorf("value %v, want empty and not nil", value)
	}
}

func TestChunkedBody(t *testing.T) {
	r := newRig(t, "", nil)
	for _, c := range []struct{ size, status int }{{1 << 10, http.StatusAccepted}, {1<<10 + 1, http.StatusRequestEntityTooLarge}} {
		body := io.MultiReader(bytes.NewReader(make([]byte, c.size))) // of unknown length
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.server.URL+"/orders", body)
		if err != nil {
			t.Fatal(err)
		}
		res, err := r.server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
		if res.StatusCode != c.status {
			t.Errorf("%d bytes: %d", c.size, res.StatusCode)
		}
	}
	if records := r.sink.Records(); len(records) != 1 || len(records[0].Value) != 1<<10 {
		t.Errorf("%d records", len(records))
	}
}

func TestRequestHeadersToMessage(t *testing.T) {
	r := newRig(t, `{"requestHeadersToMessage":true}`, nil)
	r.post(t, "x", "X-Source", "shop", "Authorization", "Bearer s", "Cookie", "a=b", "X-Api-Key", "s",
		"X-Gravitee-Api-Key", "s", "Proxy-Authorization", "s", "Connection", "X-Hop", "X-Hop", "1", "Te", "trailers",
		"Accept-Encoding", "identity", "User-Agent", "test", "Content-Type", "text/plain")
	var got []string
	for _, h := range r.sink.Records()[0].Headers {
		got = append(got, h.Name+"="+string(h.Value))
	}
	want := "Accept-Encoding=identity Content-Type=text/plain User-Agent=test X-Source=shop"
	if text := strings.Join(got, " "); text != want {
		t.Errorf("got %s\nwant %s", text, want)
	}
}

func TestHook(t *testing.T) {
	r := newRig(t, "", func(r *rig) {
		r.op.Publish.Hook = func(_ context.Context, req *http.Request, _ map[string]string, rec *core.Record) error {
			switch req.Header.Get("X-Case") {
			case "refuse":
				return errors.New("sold out")
			case "coded":
				return core.NewError(core.CodeForbidden, "not yours")
			}
			rec.Key, rec.Value = []byte("k"), nil
			return nil
		}
	})
	if status, _, body := r.post(t, "x"); status != http.StatusAccepted {
		t.Fatalf("%d %s", status, body)
	}
	if rec := r.sink.Records()[0]; string(rec.Key) != "k" || rec.Value != nil {
		t.Errorf("record %+v", rec)
	}
	_, _, body := r.post(t, "x", "X-Case", "refuse")
	want := `{"type":"about:blank","title":"Message refused","status":400,"detail":"sold out","code":"FAILURE_MESSAGE_REFUSED","instance":"/orders"}`
	if body != want {
		t.Errorf("got %s\nwant %s", body, want)
	}
	_, _, body = r.post(t, "x", "X-Case", "coded")
	want = `{"type":"about:blank","title":"Forbidden","status":403,"detail":"not yours","code":"FAILURE_FORBIDDEN","instance":"/orders"}`
	if body != want {
		t.Errorf("got %s\nwant %s", body, want)
	}
	if n := len(r.sink.Records()); n != 1 {
		t.Errorf("%d records", n)
	}
}

func TestOutcomeUnknown(t *testing.T) {
	r := newRig(t, "", func(r *rig) {
		r.sink.Fail = func(*core.Record) error { return core.NewError(core.CodeOutcomeUnknown, "") }
	})
	status, _, body := r.post(t, "x")
	want := `{"type":"about:blank","title":"Outcome unknown","status":504,` +
		`"detail":"Kafka did not answer in time; the message may or may not be written","code":"FAILURE_OUTCOME_UNKNOWN","instance":"/orders"}`
	if status != http.StatusGatewayTimeout || body != want {
		t.Errorf("%d\n got %s\nwant %s", status, body, want)
	}
}

func TestNewRefuses(t *testing.T) {
	host := entrypointstest.NewHost()
	op := entrypointstest.Publisher(&entrypointstest.Sink{})
	for _, c := range []struct {
		op     *entrypoints.Operation
		config endpoint.JSON
		want   string
	}{
		{&entrypoints.Operation{}, "", "http-post: the operation has no producer"},
		{op, `{"qos":"sometimes"}`, `qos of http-post: unknown level "sometimes"`},
		{op, `{"qos":"exactly-once"}`, `qos of http-post: unknown level "exactly-once"`},
		{op, `{"qos":1}`, "configuration of http-post: json: cannot unmarshal number into Go struct field config.qos of type string"},
	} {
		_, err := New(&host.Host, c.op, endpoint.Entrypoint{Kind: endpoint.HTTPPost, Config: c.config})
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v\nwant %s", err, c.want)
		}
	}
}
