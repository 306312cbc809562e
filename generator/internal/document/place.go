package document

import (
	"fmt"
	"strconv"
	"strings"
)

// place is where a node stands in its file.
type place struct {
	holder *Node  // nil for the root of a file
	member string // name or index in the holder
	key    Pos    // of the name; the zero value in an array
}

// point remembers the places of what stands below a node.
func (d *Document) point(n *Node) {
	for i, item := range n.Items {
		d.places[item] = place{holder: n, member: strconv.Itoa(i)}
		d.point(item)
	}
	for _, m := range n.Members {
		d.places[m.Value] = place{holder: n, member: m.Key, key: m.KeyPos}
		d.point(m.Value)
	}
}

// alike makes a copy of a node stand where the node stands.
func (d *Document) alike(c, n *Node) { d.places[c] = d.places[n] }

// Pointer is the JSON pointer of a node in its file.
func (d *Document) Pointer(n *Node) string {
	var members []string
	for p := d.places[n]; p.holder != nil; p = d.places[p.holder] {
		members = append(members, p.member)
	}
	var b strings.Builder
	for i := len(members) - 1; i >= 0; i-- {
		b.WriteByte('/')
		b.WriteString(escaper.Replace(members[i]))
	}
	return b.String()
}

// Place is where a reader looks for a node: an object or array by its name, which may stand
// some lines above its first member; anything else where its value starts.
func (d *Document) Place(n *Node) Pos {
	if key := d.places[n].key; key.Line > 0 && (n.Kind == Object || n.Kind == Array) {
		return key
	}
	return n.Pos
}

// Issue makes an error at a node.
func (d *Document) Issue(n *Node, format string, args ...any) Issue {
	return Issue{Pos: d.Place(n), Pointer: d.Pointer(n), Message: fmt.Sprintf(format, args...)}
}
