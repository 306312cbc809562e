package websocket

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/web"
)

// FuzzFrame: whatever a client sends, the answer to it is JSON, and a payload is what was sent.
func FuzzFrame(f *testing.F) {
	for _, seed := range []string{
		`{"type":"publish","ref":"a","content":{"n":1},"key":"k","headers":{"a":["b"]}}`,
		`{"type":"publish","content":"/wA=","encoding":"base64"}`,
		`{"type":"ack","id":"x\u0000"}`, `{"type":"nack"}`, `{"type":"publish","ref":null}`, `[]`, `null`, ``, `{"type":"publish","content":null}`,
		"{\"type\":\"publish\",\"ref\":\"\xff\",\"content\":1}", `{"t\u0079pe":"ack","id":"a","id":"b"} `, `{"a":1,}`, `{"a":1}b`,
	} {
		f.Add([]byte(seed))
	}
	asJSON := entrypoints.NewContent(endpoint.Payload{})
	asText := entrypoints.NewContent(endpoint.Payload{ContentTypes: []string{"text/plain"}})
	f.Fuzz(func(t *testing.T, data []byte) {
		var p parts
		var object map[string]json.RawMessage
		isObject := utf8.Valid(data) && json.Unmarshal(data, &object) == nil && object != nil
		if got := p.read(data); got != isObject || got && !bytes.Equal(p.content, object["content"]) {
			t.Fatalf("%q is read: %t, %q, want %t, %q", data, got, p.content, isObject, object["content"])
		}
		frame, wrong := parseFrame(data)
		answer := appendProblem(nil, frame.ref, frame.id, web.Of(core.NewError(core.CodeInvalidRequest, wrong)))
		if !json.Valid(answer) {
			t.Fatalf("%s is not JSON", answer)
		}
		if wrong != "" || frame.kind != "publish" {
			return
		}
		value, wrong := frame.payload(asJSON)
		if wrong == "" && frame.encoding == "" && !json.Valid(value) {
			t.Errorf("payload %q is not JSON", value)
		}
		value, wrong = frame.payload(asText)
		if wrong != "" || frame.encoding != "" {
			return
		}
		var want string
		if err := json.Unmarshal(frame.content, &want); err != nil || string(value) != want {
			t.Errorf("payload %q, want %q, %v", value, want, err)
		}
	})
}
