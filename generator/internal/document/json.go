package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// readJSON reads a JSON text (RFC 8259) and keeps places. A comma that is missing, one too many
// and duplicate keys are reported, and reading goes on. The tree is nil after other faults.
func readJSON(s *source) (*Node, []Issue) {
	r := &jsonReader{source: s}
	r.space()
	root := r.value(0)
	if !r.failed {
		if r.space(); r.at < len(s.data) {
			r.fail("text after the end of the JSON value")
		}
	}
	if r.failed {
		root = nil
	}
	return root, r.issues
}

type jsonReader struct {
	source *source
	at     int
	issues []Issue
	failed bool // what follows cannot be read
}

func (r *jsonReader) issue(offset int, format string, args ...any) {
	r.issues = append(r.issues, Issue{Pos: r.source.pos(offset), Message: fmt.Sprintf(format, args...)})
}

func (r *jsonReader) fail(format string, args ...any) {
	if !r.failed {
		r.issue(r.at, format, args...)
	}
	r.failed = true
}

func (r *jsonReader) space() {
	for r.at < len(r.source.data) && bytes.IndexByte([]byte(" \t\r\n"), r.source.data[r.at]) >= 0 {
		r.at++
	}
}

// peek is the next byte; 0 at the end.
func (r *jsonReader) peek() byte {
	if r.at < len(r.source.data) {
		return r.source.data[r.at]
	}
	return 0
}

// found names what stands at the current place, for messages.
func (r *jsonReader) found() string {
	if r.at >= len(r.source.data) {
		return "the file ends"
	}
	c, _ := utf8.DecodeRune(r.source.data[r.at:])
	return fmt.Sprintf("found %q", c)
}

func (r *jsonReader) value(depth int) *Node {
	n := &Node{Pos: r.source.pos(r.at)}
	if depth > maxDepth {
		r.fail("nested deeper than %d levels", maxDepth)
		return n
	}
	switch r.peek() {
	case '{':
		n.Kind = Object
		r.object(n, depth)
	case '[':
		n.Kind = Array
		r.array(n, depth)
	case '"':
		n.Kind = String
		n.Text = r.text()
	default:
		r.literal(n)
	}
	return n
}

// literal reads a number or one of true, false and null.
func (r *jsonReader) literal(n *Node) {
	end := r.at
	for end < len(r.source.data) && bytes.IndexByte([]byte(" \t\r\n,:]}[{\""), r.source.data[end]) < 0 {
		end++
	}
	word := string(r.source.data[r.at:end])
	switch word {
	case "null":
	case "true", "false":
		n.Kind, n.Text = Bool, word
	default:
		if word == "" {
			r.fail("a value is missing: %s", r.found())
			return
		}
		if !json.Valid([]byte(word)) {
			r.fail("%q is not a JSON value: texts stand in double quotes", word)
			return
		}
		if message := numberProblem(word); message != "" {
			r.fail("%s", message)
			return
		}
		n.Kind, n.Text = Number, word
	}
	r.at = end
}

// text reads a string with its escapes.
func (r *jsonReader) text() string {
	data, start := r.source.data, r.at
	for i := start + 1; i < len(data); i++ {
		switch c := data[i]; {
		case c == '\\':
			i++
		case c == '"':
			r.at = i + 1
			var text string
			if err := json.Unmarshal(data[start:r.at], &text); err != nil {
				r.at = start
				r.fail("not a JSON text: %s", err)
			}
			return text
		case c < ' ':
			r.at = i
			r.fail("a control character in a text: write it as an escape, or the closing quote is missing")
			return ""
		}
	}
	r.fail("the closing quote of this text is missing")
	return ""
}

func (r *jsonReader) array(n *Node, depth int) {
	r.at++
	n.Items = []*Node{}
	for first := true; ; first = false {
		if r.space(); r.next(']', first, "item") {
			return
		}
		item := r.value(depth + 1)
		if r.failed {
			return
		}
		n.Items = append(n.Items, item)
	}
}

func (r *jsonReader) object(n *Node, depth int) {
	r.at++
	seen := map[string]Pos{}
	for first := true; ; first = false {
		if r.space(); r.next('}', first, "member") {
			return
		}
		if r.peek() != '"' {
			r.fail("a member name in double quotes is missing: %s", r.found())
			return
		}
		at := r.at
		m := Member{KeyPos: r.source.pos(at), Key: r.text()}
		if r.space(); !r.failed && r.peek() != ':' {
			r.fail("':' is missing after the member name %q: %s", m.Key, r.found())
		}
		if r.failed {
			return
		}
		r.at++
		r.space()
		m.Value = r.value(depth + 1)
		if r.failed {
			return
		}
		if first, dup := seen[m.Key]; dup {
			r.issue(at, "duplicate key %q: it stands already in line %d", m.Key, first.Line)
			continue
		}
		seen[m.Key] = m.KeyPos
		n.Members = append(n.Members, m)
	}
}

// next goes to the next item or member and says whether the end was reached instead.
func (r *jsonReader) next(end byte, first bool, what string) (done bool) {
	comma := -1
	if !first {
		if r.peek() == ',' {
			comma = r.at
			r.at++
			r.space()
		} else if c := r.peek(); c != end && (c == '"' || what == "item" && c != 0 && c != '}') {
			r.issue(r.at, "a comma is missing before this %s", what)
		}
	}
	switch c := r.peek(); {
	case c == end:
		if comma >= 0 {
			r.issue(comma, "a comma too many: no %s follows", what)
		}
		r.at++
		return true
	case c == 0:
		r.fail("the file ends before the closing '%c'", end)
		return true
	case !first && comma < 0 && c != '"' && what == "member":
		r.fail("',' or '}' is missing: %s", r.found())
		return true
	}
	return r.failed
}
