package sse

import (
	"bytes"
	"encoding/base64"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// largeID is the size in bytes above which an id does not stand in every frame.
const largeID = 4 << 10

// encoder writes the frames of one operation. Safe for concurrent use.
type encoder struct {
	event             []byte // "event: orderPlaced\n"
	encodeIDs         bool
	metadata, headers bool
}

func newEncoder(s *entrypoints.Subscribing, cfg config, encodeIDs bool) *encoder {
	name := s.EventName
	if name == "" {
		name = "message"
	}
	return &encoder{
		event: []byte("event: " + name + "\n"), encodeIDs: encodeIDs,
		metadata: cfg.MetadataAsComment, headers: cfg.HeadersAsComment,
	}
}

// AppendFrame implements qos.Encoder: id, event, data, then comments. A large id is left out,
// for the session to send now and then.
func (e *encoder) AppendFrame(dst []byte, b *qos.Batch, i int) []byte {
	if b.HasIDs() {
		start := len(dst)
		dst = append(dst, idField...)
		dst = b.AppendID(dst, i, e.encodeIDs)
		if len(dst)-start-len(idField) > largeID {
			dst = dst[:start]
		} else {
			dst = append(dst, '\n')
		}
	}
	dst = append(dst, e.event...)
	rec := b.Record(i)
	dst = appendPayload(dst, rec.Value)
	if e.metadata {
		for _, m := range entrypoints.Metadata(rec) {
			dst = appendComment(dst, m.Name, []byte(m.Value))
		}
	}
	if e.headers {
		dst = appendHeaders(dst, rec.Headers)
	}
	return append(dst, '\n')
}

const idField = "id: "

// hasID reports whether a frame has its id.
func hasID(frame []byte) bool { return bytes.HasPrefix(frame, []byte(idField)) }

// appendPayload appends the data of a payload: null for a tombstone, base64 after a comment for
// bytes that are not UTF-8.
func appendPayload(dst, value []byte) []byte {
	switch {
	case value == nil:
		return append(dst, "data: null\n"...)
	case utf8.Valid(value):
		return appendData(dst, value)
	}
	dst = append(dst, ": encoding base64\ndata: "...)
	dst = base64.StdEncoding.AppendEncode(dst, value)
	return append(dst, '\n')
}

// appendData appends a text as one data field for each of its lines. Lines end with CR, LF or
// CRLF, as the standard reads them; a client joins them with LF.
func appendData(dst, text []byte) []byte {
	for {
		dst = append(dst, "data: "...)
		i := lineEnd(text)
		if i < 0 {
			return append(append(dst, text...), '\n')
		}
		dst = append(append(dst, text[:i]...), '\n')
		if text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n' {
			i++
		}
		text = text[i+1:]
	}
}

// lineEnd finds the first CR or LF; -1: there is none.
func lineEnd(text []byte) int {
	i := bytes.IndexByte(text, '\n')
	if i < 0 {
		return bytes.IndexByte(text, '\r')
	}
	if j := bytes.IndexByte(text[:i], '\r'); j >= 0 {
		return j
	}
	return i
}

// appendHeaders appends a comment for each header name, its values joined by commas.
func appendHeaders(dst []byte, headers []core.Header) []byte {
	var room entrypoints.Links
	links := room.Of(headers)
	for i, h := range headers {
		if links[i].Later {
			continue
		}
		dst = beginComment(dst, h.Name)
		dst = appendLine(dst, h.Value)
		for k := links[i].Next; k > 0; k = links[k].Next {
			dst = appendLine(append(dst, ','), headers[k].Value)
		}
		dst = append(dst, '\n')
	}
	return dst
}

// appendComment appends ":name: value" on one line: line breaks are written \r and \n.
func appendComment(dst []byte, name string, value []byte) []byte {
	return append(appendLine(beginComment(dst, name), value), '\n')
}

func beginComment(dst []byte, name string) []byte {
	return append(appendLine(append(dst, ':'), []byte(name)), ':', ' ')
}

func appendLine(dst, text []byte) []byte {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch r {
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\n':
			dst = append(dst, '\\', 'n')
		default:
			dst = utf8.AppendRune(dst, r)
		}
		text = text[size:]
	}
	return dst
}
