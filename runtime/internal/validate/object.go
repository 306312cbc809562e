package validate

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/scan"
)

// nameAt is a name without a declared property: its hash and the position of its quote.
type nameAt struct {
	hash uint64
	at   int
}

// nameSeed makes collisions unpredictable for senders.
var nameSeed = maphash.MakeSeed()

func (c *checker) objectValue(n *node, i int) int {
	if n.types != 0 && n.types&endpoint.Object == 0 {
		return c.mismatch(n, i, "an object")
	}
	r := n.objects
	if r == nil {
		return c.Skip(i)
	}
	if !c.Enter(i) {
		return scan.Failed
	}
	names, words := len(c.names), len(c.seen)
	for range r.words {
		c.seen = append(c.seen, 0)
	}
	count, seen, end := c.properties(r, i, words)
	if end == scan.Failed || !c.present(r, seen, words) || !c.distinct(names) {
		return scan.Failed
	}
	c.names, c.seen = c.names[:names], c.seen[:words]
	c.Depth--
	if count < r.min && !c.refuse(r.few) || r.max >= 0 && count > r.max && !c.refuse(r.many) {
		return scan.Failed
	}
	return end
}

// properties reads the members of an object. It gives their number, the first 64 declared names
// that were seen (the others are in c.seen from words on) and the position after the object.
func (c *checker) properties(r *objectRules, i, words int) (count int, seen uint64, end int) {
	if i = scan.Space(c.Buf, i+1); scan.Peek(c.Buf, i) == '}' {
		return 0, 0, i + 1
	}
	last, next := -1, int(r.leader.Load())
	for ; ; count++ {
		at := i
		p, end := c.property(r, i, next)
		if i = c.Colon(end); i == scan.Failed {
			return 0, 0, scan.Failed
		}
		if c.Explain {
			c.path = append(c.path, segment{name: at})
		}
		child := r.additional
		if p >= 0 {
			if p != next && c.learn {
				r.follows(last, p)
			}
			child, last, next = r.props[p].node, p, int(r.props[p].follower.Load())
			if !c.first(p, &seen, words) {
				return 0, 0, c.twice()
			}
		} else if !r.closed {
			c.names = append(c.names, nameAt{maphash.Bytes(nameSeed, c.Decoded(at)), at})
		}
		if i = c.value(child, i); i == scan.Failed {
			return 0, 0, scan.Failed
		}
		if c.Explain {
			c.path = c.path[:len(c.path)-1]
		}
		i = scan.Space(c.Buf, i)
		switch scan.Peek(c.Buf, i) {
		case ',':
			i = scan.Space(c.Buf, i+1)
		case '}':
			return count + 1, seen, i + 1
		default:
			return 0, 0, c.Expected(i, `expected "," or "}"`)
		}
	}
}

// follows notes which property stood behind another one, -1 for the first of an object.
func (r *objectRules) follows(last, p int) {
	follower := &r.leader
	if last >= 0 {
		follower = &r.props[last].follower
	}
	follower.Store(int32(p))
}

// property reads a name and finds its property, -1 for none. Senders mostly write properties in
// one order, so that next, the one that stood here in a recent message, is tried first.
func (c *checker) property(r *objectRules, i, next int) (p, end int) {
	if next < len(r.props) && scan.Peek(c.Buf, i) == '"' {
		if q := r.props[next].quoted; q != "" && len(c.Buf)-i > len(q) && string(c.Buf[i+1:i+1+len(q)]) == q {
			return next, i + 1 + len(q)
		}
	}
	end, _, escaped := c.Name(i)
	if end == scan.Failed {
		return -1, scan.Failed
	}
	name := c.Buf[i+1 : end-1]
	if escaped {
		name = c.Decoded(i)
	}
	return r.find(name), end
}

func (r *objectRules) find(name []byte) int {
	if r.byName != nil {
		if p, ok := r.byName[string(name)]; ok {
			return p
		}
		return -1
	}
	for p := range r.props {
		if r.props[p].name == string(name) {
			return p
		}
	}
	return -1
}

// first notes that a property was seen; false when it was before.
func (c *checker) first(p int, seen *uint64, words int) bool {
	if p >= 64 {
		seen = &c.seen[words+p/64-1]
	}
	bit := uint64(1) << (p % 64)
	if *seen&bit != 0 {
		return false
	}
	*seen |= bit
	return true
}

// present checks that no required property is missing; false when the run ends.
func (c *checker) present(r *objectRules, seen uint64, words int) bool {
	for _, p := range r.required {
		word := seen
		if p >= 64 {
			word = c.seen[words+p/64-1]
		}
		if word&(1<<(p%64)) == 0 && !c.refuse(r.props[p].missing) {
			return false
		}
	}
	return true
}

// distinct checks that the undeclared names from an index on differ; false ends the run.
func (c *checker) distinct(from int) bool {
	names := c.names[from:]
	if len(names) < 2 {
		return true
	}
	slices.SortFunc(names, func(a, b nameAt) int {
		if a.hash != b.hash {
			if a.hash < b.hash {
				return -1
			}
			return 1
		}
		return a.at - b.at
	})
	for j := 1; j < len(names); j++ {
		// Equal hashes of different names would need two such in a row to hide a third.
		if names[j].hash == names[j-1].hash && c.sameName(names[j-1].at, names[j].at) {
			if c.Explain {
				c.path = append(c.path, segment{name: names[j].at})
			}
			c.twice()
			return false
		}
	}
	return true
}

func (c *checker) sameName(a, b int) bool {
	first := c.Decoded(a)
	end, _, escaped := c.Text(b)
	if !escaped {
		return bytes.Equal(first, c.Buf[b+1:end-1])
	}
	return bytes.Equal(slices.Clone(first), c.Decoded(b))
}

// twice ends the run at a property that its object already has.
func (c *checker) twice() int {
	if !c.Explain {
		return c.abort("")
	}
	name := c.Decoded(c.path[len(c.path)-1].name)
	return c.abort(fmt.Sprintf("property %q appears more than once", strings.ToValidUTF8(string(name), "\uFFFD")))
}
