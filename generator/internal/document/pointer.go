package document

import (
	"strconv"
	"strings"
)

var (
	escaper   = strings.NewReplacer("~", "~0", "/", "~1")
	unescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

// Join appends members to a JSON pointer (RFC 6901).
func Join(pointer string, members ...string) string {
	var b strings.Builder
	b.WriteString(pointer)
	for _, m := range members {
		b.WriteByte('/')
		b.WriteString(escaper.Replace(m))
	}
	return b.String()
}

// Split cuts a JSON pointer into its unescaped members; nil for the whole document.
func Split(pointer string) []string {
	if pointer == "" {
		return nil
	}
	members := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, m := range members {
		members[i] = unescaper.Replace(m)
	}
	return members
}

// At finds the node of a JSON pointer below n; nil when there is none. References are not
// followed.
func (n *Node) At(pointer string) *Node {
	for _, m := range Split(pointer) {
		n = n.child(m)
	}
	return n
}

// Nearest finds the node of a JSON pointer below n, or else its nearest existing parent.
func (n *Node) Nearest(pointer string) *Node {
	for _, m := range Split(pointer) {
		next := n.child(m)
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

// child finds a member or an item.
func (n *Node) child(member string) *Node {
	if n == nil {
		return nil
	}
	if n.Kind == Array {
		i, err := strconv.Atoi(member)
		if err != nil || i < 0 || i >= len(n.Items) || strconv.Itoa(i) != member {
			return nil
		}
		return n.Items[i]
	}
	return n.Get(member)
}

// Keys lists the member names of an object in the order of the file.
func (n *Node) Keys() []string {
	if n == nil {
		return nil
	}
	keys := make([]string, len(n.Members))
	for i := range n.Members {
		keys[i] = n.Members[i].Key
	}
	return keys
}

// Member finds a member with the place of its key; nil when there is none.
func (n *Node) Member(key string) *Member {
	if n == nil || n.Kind != Object {
		return nil
	}
	for i := range n.Members {
		if n.Members[i].Key == key {
			return &n.Members[i]
		}
	}
	return nil
}

// ComponentName is the last part of a reference into components; "" for other references.
func ComponentName(reference string) string {
	_, pointer, _ := strings.Cut(reference, "#")
	members := Split(pointer)
	if len(members) == 3 && members[0] == "components" {
		return members[2]
	}
	return ""
}
