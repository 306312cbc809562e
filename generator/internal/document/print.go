package document

import (
	"bytes"
	"encoding/json"
)

// JSON is the value as JSON text, members in the order of the file, each on a line of its own.
func (n *Node) JSON() []byte { return append(newPrint(n).text.Bytes(), '\n') }

// printed is a tree as JSON with each member and item on a line of its own.
type printed struct {
	text  bytes.Buffer
	nodes []*Node // by line, from 1
}

func newPrint(n *Node) *printed {
	p := &printed{nodes: []*Node{nil, n}}
	p.value(n)
	return p
}

func (p *printed) newline(n *Node) {
	p.text.WriteByte('\n')
	p.nodes = append(p.nodes, n)
}

func (p *printed) value(n *Node) {
	switch n.Kind {
	case Array:
		p.text.WriteByte('[')
		for i, item := range n.Items {
			if i > 0 {
				p.text.WriteByte(',')
			}
			p.newline(item)
			p.value(item)
		}
		p.text.WriteByte(']')
	case Object:
		p.text.WriteByte('{')
		for i, m := range n.Members {
			if i > 0 {
				p.text.WriteByte(',')
			}
			p.newline(m.Value)
			p.quote(m.Key)
			p.text.WriteByte(':')
			p.value(m.Value)
		}
		p.text.WriteByte('}')
	case String:
		p.quote(n.Text)
	case Null:
		p.text.WriteString("null")
	case Bool, Number:
		p.text.WriteString(n.Text)
	}
}

func (p *printed) quote(text string) {
	encoder := json.NewEncoder(&p.text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text)          // a string is always encoded, and a buffer always written
	p.text.Truncate(p.text.Len() - 1) // the encoder ends with a line feed
}
