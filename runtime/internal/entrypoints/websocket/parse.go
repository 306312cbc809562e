package websocket

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
)

// mostRef is the longest ref in bytes: the gateway keeps and repeats it.
const mostRef = 256

// frame is a frame of penstock.v1 that a client sent.
type frame struct {
	kind     string
	id       string          // of an ack or a nack
	ref      json.RawMessage // a JSON string, or empty
	content  json.RawMessage // empty: there is none
	encoding string
	key      []byte
	headers  []core.Header // sorted by name
}

// publishKind is the type of frames that carry a message; the others are acknowledgements.
const publishKind = "publish"

// members are those of each type of frame.
var members = map[string][]string{
	publishKind: {"type", "ref", "content", "encoding", "key", "headers"},
	"ack":       {"type", "id"},
	"nack":      {"type", "id"},
}

// parseFrame reads a frame; wrong says how it breaks the subprotocol. The frame keeps parts of
// data.
func parseFrame(data []byte) (f *frame, wrong string) {
	f = &frame{}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil || object == nil {
		return f, "a frame must be a JSON object"
	}
	if ref, ok := object["ref"]; ok {
		if len(ref) > mostRef || ref[0] != '"' {
			return f, "ref must be a string of at most " + strconv.Itoa(mostRef) + " bytes"
		}
		f.ref = ref
	}
	if !text(object["type"], &f.kind) {
		return f, "type must be a string"
	}
	known, ok := members[f.kind]
	if !ok {
		return f, "type must be publish, ack or nack"
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(known, name) {
			return f, strconv.Quote(name) + " is not one of the members of " + f.kind + ": " + strings.Join(known, ", ")
		}
	}
	if f.kind == publishKind {
		return f, f.readMessage(object)
	}
	if !text(object["id"], &f.id) || f.id == "" {
		return f, "id must be the id of a message"
	}
	return f, ""
}

// readMessage reads the members of a publish frame.
func (f *frame) readMessage(object map[string]json.RawMessage) (wrong string) {
	f.content = object["content"]
	if len(f.content) == 0 {
		return "content is missing"
	}
	if raw, ok := object["encoding"]; ok {
		if !text(raw, &f.encoding) || f.encoding != "base64" {
			return `encoding must be "base64"`
		}
		if f.content[0] != '"' {
			return "content must be a string where encoding is base64"
		}
	}
	var key string
	if raw, ok := object["key"]; ok {
		if !text(raw, &key) {
			return "key must be a string"
		}
		f.key = []byte(key)
	}
	raw, ok := object["headers"]
	if !ok {
		return ""
	}
	var headers map[string][]string
	if err := json.Unmarshal(raw, &headers); err != nil {
		return "headers must be an object of lists of strings"
	}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		for _, value := range headers[name] {
			f.headers = append(f.headers, core.Header{Name: name, Value: []byte(value)})
		}
	}
	return ""
}

// text reads a JSON string; it is false for anything else.
func text(raw json.RawMessage, into *string) bool {
	return len(raw) > 0 && raw[0] == '"' && json.Unmarshal(raw, into) == nil
}

// payload gives the bytes of the message. An operation with JSON payloads takes any content as
// it is written; one without takes a string and gives its text.
func (f *frame) payload(c entrypoints.Content) (value []byte, wrong string) {
	var content string
	switch {
	case f.encoding == "" && c.MayBeJSON():
		return f.content, ""
	case !text(f.content, &content):
		return nil, "content must be a string"
	case f.encoding == "":
		return []byte(content), ""
	}
	value, err := base64.StdEncoding.DecodeString(content)
	if err != nil {
		return nil, "content must be base64"
	}
	return value, ""
}
