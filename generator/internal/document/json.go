package document

import (
	"bytes"
	"encoding/json"

	"github.com/penstock-dev/penstock/schema"
)

// readJSON reads a JSON text (RFC 8259) and keeps places. Package schema says what is wrong with
// the text; a tree is made all the same when only commas or repeated keys are, and is nil after
// other faults.
func readJSON(s *source) (*Node, []Issue) {
	r := &jsonReader{source: s}
	for _, fault := range schema.SyntaxErrors(s.data) {
		r.issues = append(r.issues, Issue{Pos: Pos{s.name, fault.Line, fault.Col}, Message: fault.Message})
	}
	r.space()
	root := r.value(0)
	if r.space(); r.at < len(s.data) {
		r.failed = true
	}
	if r.failed {
		root = nil
	}
	return root, r.issues
}

// jsonReader makes the tree. It says nothing of faults that schema.SyntaxErrors names.
type jsonReader struct {
	source *source
	at     int
	issues []Issue
	failed bool // what follows cannot be read
}

func (r *jsonReader) fail() { r.failed = true }

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

func (r *jsonReader) value(depth int) *Node {
	n := &Node{Pos: r.source.pos(r.at)}
	if depth > maxDepth {
		r.fail()
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
		if !json.Valid([]byte(word)) {
			r.fail()
			return
		}
		if message := numberProblem(word); message != "" {
			r.issues = append(r.issues, Issue{Pos: r.source.pos(r.at), Message: message})
			r.fail()
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
			if json.Unmarshal(data[start:r.at], &text) != nil {
				r.fail()
			}
			return text
		case c < ' ':
			r.fail()
			return ""
		}
	}
	r.fail()
	return ""
}

func (r *jsonReader) array(n *Node, depth int) {
	r.at++
	n.Items = []*Node{}
	for first := true; ; first = false {
		if r.space(); r.next(']', first) {
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
	seen := map[string]bool{}
	for first := true; ; first = false {
		if r.space(); r.next('}', first) {
			return
		}
		if r.peek() != '"' {
			r.fail()
			return
		}
		m := Member{KeyPos: r.source.pos(r.at), Key: r.text()}
		if r.space(); !r.failed && r.peek() != ':' {
			r.fail()
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
		if !seen[m.Key] {
			n.Members = append(n.Members, m)
		}
		seen[m.Key] = true
	}
}

// next goes to the next item or member, over a comma that is there or not, and says whether the
// end was reached instead.
func (r *jsonReader) next(end byte, first bool) (done bool) {
	if !first && r.peek() == ',' {
		r.at++
		r.space()
	}
	switch r.peek() {
	case end:
		r.at++
		return true
	case 0:
		r.fail()
	}
	return r.failed
}
