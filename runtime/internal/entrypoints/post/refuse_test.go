package post

import (
	"net/http"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
)

// TestRefused is every wrong input of a single body, with the whole problem.
func TestRefused(t *testing.T) {
	const large = 1<<10 + 1
	for _, c := range []struct {
		name   string
		change func(*rig)
		body   string
		header []string
		status int
		want   string
	}{
		{
			name: "body too large", body: strings.Repeat("x", large), status: 413,
			want: `{"type":"about:blank","title":"Message too large","status":413,"detail":"the body is larger than 1024 bytes","code":"FAILURE_TOO_LARGE","instance":"/orders"}`,
		},
		{
			name: "wrong content type", header: []string{"Content-Type", "Text/Plain; charset=utf-8"}, status: 415,
			change: func(r *rig) { r.op.Publish.Payload.ContentTypes = []string{"application/json", "text/csv"} },
			want:   `{"type":"about:blank","title":"Unsupported media type","status":415,"detail":"content type \"text/plain\" is not accepted: use application/json, text/csv, application/x-ndjson","code":"FAILURE_UNSUPPORTED_MEDIA_TYPE","instance":"/orders"}`,
		},
		{
			name: "lines where there is no JSON", header: []string{"Content-Type", "application/x-ndjson"}, status: 415,
			change: func(r *rig) { r.op.Publish.Payload.ContentTypes = []string{"text/*"} },
			want:   `{"type":"about:blank","title":"Unsupported media type","status":415,"detail":"content type \"application/x-ndjson\" is not accepted: use text/*","code":"FAILURE_UNSUPPORTED_MEDIA_TYPE","instance":"/orders"}`,
		},
		{
			name: "content encoding", header: []string{"Content-Encoding", "gzip"}, status: 415,
			want: `{"type":"about:blank","title":"Unsupported media type","status":415,"detail":"Content-Encoding \"gzip\" is not accepted: send the body as it is","code":"FAILURE_UNSUPPORTED_MEDIA_TYPE","instance":"/orders"}`,
		},
		{
			name: "two content encodings", header: []string{"Content-Encoding", "identity", "Content-Encoding", "gzip"}, status: 415,
			want: `{"type":"about:blank","title":"Unsupported media type","status":415,"detail":"Content-Encoding \"identity, gzip\" is not accepted: send the body as it is","code":"FAILURE_UNSUPPORTED_MEDIA_TYPE","instance":"/orders"}`,
		},
		{
			name: "two content types", header: []string{"Content-Type", "application/json; charset=utf-8", "Content-Type", "text/plain"}, status: 400,
			want: `{"type":"about:blank","title":"Invalid request","status":400,"detail":"Content-Type must be there once","code":"FAILURE_INVALID_REQUEST","instance":"/orders"}`,
		},
		{
			name: "schema", body: "{}", status: 400,
			change: func(r *rig) {
				r.op.Publish.CheckHeaders = func(http.Header) []core.Violation {
					return []core.Violation{{Pointer: "/headers/X-Source", Detail: "is missing"}}
				}
				r.op.Publish.CheckBody = func([]byte) []core.Violation {
					return []core.Violation{{Pointer: "/quantity", Detail: "is missing"}}
				}
			},
			want: `{"type":"about:blank","title":"Invalid message","status":400,"detail":"the message breaks 2 rules of its schema","code":"FAILURE_INVALID_MESSAGE","instance":"/orders","errors":[{"pointer":"/headers/X-Source","detail":"is missing"},{"pointer":"/quantity","detail":"is missing"}]}`,
		},
		{
			name: "topic", status: 400,
			change: func(r *rig) {
				entrypointstest.SendTo(r.op, func() ([]string, error) {
					return nil, core.NewError(core.CodeInvalidRequest, `path parameter "region" is none of eu, us`)
				})
			},
			want: `{"type":"about:blank","title":"Invalid request","status":400,"detail":"path parameter \"region\" is none of eu, us","code":"FAILURE_INVALID_REQUEST","instance":"/orders"}`,
		},
		{
			name: "broker away", status: 503,
			change: func(r *rig) {
				r.sink.Fail = func(*core.Record) error {
					return &core.Error{Code: core.CodeBrokerUnavailable, Op: "produce", Detail: "dial 10.0.0.1"}
				}
			},
			want: `{"type":"about:blank","title":"Kafka unavailable","status":503,"detail":"Kafka cannot be reached; nothing was read or written","code":"FAILURE_BROKER_UNAVAILABLE","instance":"/orders"}`,
		},
		{
			name: "one topic of two", status: 502,
			change: func(r *rig) {
				entrypointstest.SendTo(r.op, func() ([]string, error) { return []string{"orders", "audit"}, nil })
				r.sink.Fail = func(rec *core.Record) error {
					if rec.Topic == "audit" {
						return core.NewError(core.CodeTopicNotFound, `topic "audit" does not exist`)
					}
					return nil
				}
			},
			want: `{"type":"about:blank","title":"Partly published","status":502,"detail":"the message is in some of its topics only; results has one entry for each topic","code":"FAILURE_PARTIAL","instance":"/orders","results":[` +
				`{"topic":"orders","partition":0,"offset":0,"timestamp":"2026-01-31T12:00:00.000Z"},` +
				`{"topic":"audit","title":"Topic not found","status":404,"detail":"topic \"audit\" does not exist","code":"FAILURE_TOPIC_NOT_FOUND"}]}`,
		},
		{
			name: "no topic of two, one unknown", status: 504,
			change: func(r *rig) {
				entrypointstest.SendTo(r.op, func() ([]string, error) { return []string{"orders", "audit"}, nil })
				r.sink.Fail = func(rec *core.Record) error {
					if rec.Topic == "audit" {
						return core.NewError(core.CodeOutcomeUnknown, "")
					}
					return core.NewError(core.CodeTopicNotFound, "")
				}
			},
			want: `{"type":"about:blank","title":"Outcome unknown","status":504,"detail":"Kafka did not answer in time; the message may or may not be written","code":"FAILURE_OUTCOME_UNKNOWN","instance":"/orders"}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, "", c.change)
			status, header, body := r.post(t, c.body, c.header...)
			if status != c.status || body != c.want {
				t.Errorf("%d\n got %s\nwant %s", status, body, c.want)
			}
			if got := header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("content type %q", got)
			}
			if wait := header.Get("Retry-After"); (status == 503) != (wait == "1") {
				t.Errorf("Retry-After %q", wait)
			}
		})
	}
}
