package websocket

import (
	"encoding/json"
	"strconv"

	"github.com/penstock-dev/penstock/runtime/internal/scan"
)

// parts are the members of a frame as they are written; nil: not there.
type parts struct {
	kind, id, ref, content, encoding, key, headers json.RawMessage
	unknown                                        string // the first one that no frame has, quoted
}

// member is the place of the member of a name; nil: no frame has it.
func (p *parts) member(name []byte) *json.RawMessage {
	switch string(name) {
	case "type":
		return &p.kind
	case "id":
		return &p.id
	case "ref":
		return &p.ref
	case "content":
		return &p.content
	case "encoding":
		return &p.encoding
	case "key":
		return &p.key
	case "headers":
		return &p.headers
	}
	return nil
}

// read takes an object apart, false: data is none. Of two members of a name the last one counts.
func (p *parts) read(data []byte) bool {
	s := scan.Scanner{Buf: data}
	i := scan.Space(data, 0)
	if scan.Peek(data, i) != '{' || !s.Enter(i) {
		return false
	}
	if i = scan.Space(data, i+1); scan.Peek(data, i) == '}' {
		return s.End(i + 1)
	}
	for {
		name := i
		i, _, _ = s.Name(i)
		if i = s.Colon(i); i == scan.Failed {
			return false
		}
		value := i
		if i = s.Skip(i); i == scan.Failed {
			return false
		}
		if at := p.member(s.Decoded(name)); at != nil {
			*at = data[value:i:i]
		} else if p.unknown == "" {
			p.unknown = strconv.Quote(string(s.Decoded(name)))
		}
		switch i = scan.Space(data, i); scan.Peek(data, i) {
		case ',':
			i = scan.Space(data, i+1)
		case '}':
			return s.End(i + 1)
		default:
			return false
		}
	}
}

// foreign is the quoted name of a member that an acknowledgement does not have; "": there is none.
func (p *parts) foreign() string {
	switch {
	case p.ref != nil:
		return `"ref"`
	case p.content != nil:
		return `"content"`
	case p.encoding != nil:
		return `"encoding"`
	case p.key != nil:
		return `"key"`
	case p.headers != nil:
		return `"headers"`
	}
	return p.unknown
}

// text reads a JSON string; it is false for anything else. The text may be a part of raw.
func text(raw json.RawMessage) ([]byte, bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return nil, false
	}
	s := scan.Scanner{Buf: raw}
	return s.Decoded(0), true
}
