package websocket

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

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

// The types of frames.
const (
	publishKind = "publish"
	ackKind     = "ack"
	nackKind    = "nack"
)

// parseFrame reads a frame; wrong says how it breaks the subprotocol. The frame keeps parts of
// data.
func parseFrame(data []byte) (f *frame, wrong string) {
	f = &frame{}
	var p parts
	if !p.read(data) {
		return f, "a frame must be a JSON object"
	}
	if p.ref != nil {
		if len(p.ref) > mostRef || p.ref[0] != '"' {
			return f, "ref must be a string of at most " + strconv.Itoa(mostRef) + " bytes"
		}
		f.ref = p.ref
	}
	kind, ok := text(p.kind)
	if !ok {
		return f, "type must be a string"
	}
	switch string(kind) {
	case publishKind:
		f.kind = publishKind
		if p.id != nil {
			p.unknown = `"id"`
		}
		if p.unknown != "" {
			return f, p.unknown + " is not one of the members of publish: type, ref, content, encoding, key, headers"
		}
		return f, f.readMessage(&p)
	case ackKind, nackKind:
		f.kind = string(kind)
		if name := p.foreign(); name != "" {
			return f, name + " is not one of the members of " + f.kind + ": type, id"
		}
		id, _ := text(p.id)
		if f.id = string(id); f.id == "" {
			return f, "id must be the id of a message"
		}
		return f, ""
	}
	return f, "type must be publish, ack or nack"
}

// readMessage reads the members of a publish frame.
func (f *frame) readMessage(p *parts) (wrong string) {
	f.content = p.content
	if f.content == nil {
		return "content is missing"
	}
	if p.encoding != nil {
		encoding, _ := text(p.encoding)
		if f.encoding = string(encoding); f.encoding != "base64" {
			return `encoding must be "base64"`
		}
		if f.content[0] != '"' {
			return "content must be a string where encoding is base64"
		}
	}
	if p.key != nil {
		key, ok := text(p.key)
		if !ok {
			return "key must be a string"
		}
		f.key = key
	}
	if p.headers != nil && !f.readHeaders(p.headers) {
		return "headers must be an object of lists of strings"
	}
	return ""
}

// readHeaders reads the headers of a message; false when they have another form. At no place of
// it null is one.
func (f *frame) readHeaders(raw json.RawMessage) bool {
	var headers map[string][]json.RawMessage
	if err := json.Unmarshal(raw, &headers); err != nil || headers == nil {
		return false
	}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if headers[name] == nil {
			return false
		}
		for _, one := range headers[name] {
			value, ok := text(one)
			if !ok {
				return false
			}
			f.headers = append(f.headers, core.Header{Name: name, Value: value})
		}
	}
	return true
}

// payload gives the bytes of the message. An operation with JSON payloads takes any content as
// it is written; one without takes a string and gives its text.
func (f *frame) payload(c entrypoints.Content) (value []byte, wrong string) {
	if f.encoding == "" && c.MayBeJSON() {
		return f.content, ""
	}
	content, ok := text(f.content)
	switch {
	case !ok:
		return nil, "content must be a string"
	case f.encoding == "":
		return content, ""
	}
	value = make([]byte, base64.StdEncoding.DecodedLen(len(content)))
	n, err := base64.StdEncoding.Decode(value, content)
	if err != nil {
		return nil, "content must be base64"
	}
	return value[:n], ""
}
