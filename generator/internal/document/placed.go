package document

import "strings"

// Placed makes an error about the value that a pointer below n names or would name; an unknown
// property is reported where its name stands.
func (d *Document) Placed(n *Node, pointer, message string) Issue {
	target := n.Nearest(pointer)
	issue := d.Issue(target, "%s", message)
	members := Split(pointer)
	if len(members) == 0 || !strings.HasPrefix(message, "unknown ") {
		return issue
	}
	holder := n.At(Join("", members[:len(members)-1]...))
	if m := holder.Member(members[len(members)-1]); m != nil {
		issue.Pos = m.KeyPos
	}
	return issue
}
