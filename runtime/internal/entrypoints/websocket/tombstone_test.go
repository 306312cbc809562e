package websocket

import (
	"testing"

	"github.com/coder/websocket"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

func TestContentNull(t *testing.T) {
	const frame = `{"type":"publish","ref":"1","key":"k","content":null}`
	for _, test := range []struct {
		name      string
		config    endpoint.JSON
		types     []string
		tombstone bool
		answer    string // "": a receipt
	}{
		{"tombstone", `{"tombstone":true,"subscriber":{"enabled":false}}`, nil, true, ""},
		{"tombstone of texts", `{"tombstone":true,"subscriber":{"enabled":false}}`, []string{"text/plain"}, true, ""},
		{"JSON", `{"subscriber":{"enabled":false}}`, nil, false, ""},
		{
			"text", `{"subscriber":{"enabled":false}}`,
			[]string{"text/plain"},
			false,
			`{"type":"problem","ref":"1","title":"Invalid request","status":400,"detail":"content must be a string","code":"FAILURE_INVALID_REQUEST"}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t, test.config, func(r *rig) { r.op.Publish.Payload.ContentTypes = test.types })
			c := r.connect(t, "", subprotocol)
			c.say(websocket.MessageText, frame)
			if test.answer != "" {
				c.hear(websocket.MessageText, test.answer)
				return
			}
			c.hear(websocket.MessageText, `{"type":"receipt","ref":"1","id":"b3JkZXJzQDAjMA==","records":[{"topic":"orders","partition":0,"offset":0,"timestamp":"2026-01-31T12:00:00.000Z"}]}`)
			rec := r.sink.Records()[0]
			if (rec.Value == nil) != test.tombstone || !test.tombstone && string(rec.Value) != "null" || string(rec.Key) != "k" {
				t.Errorf("got key %q, value %#v", rec.Key, rec.Value)
			}
		})
	}
}
