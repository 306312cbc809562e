package validate

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/penstock-dev/penstock/runtime/internal/scan"
	"github.com/penstock-dev/penstock/runtime/internal/validate/decimal"
)

// member is a member of an object in canonical form: where its name starts, where its value
// starts and where that ends.
type member struct{ name, value, end int }

// canonical appends a value that was read before in a form that is equal for equal values: texts
// without escapes, numbers by their digits, members sorted and each name once, the last one. It
// gives the position after the value.
func (c *checker) canonical(i int) int {
	switch b := c.Buf[i]; b {
	case '"':
		end, _, _ := c.Text(i)
		c.canonicalText(i)
		return end
	case '[':
		return c.canonicalArray(i)
	case '{':
		return c.canonicalObject(i)
	case 't', 'f', 'n':
		c.canon = append(c.canon, b)
		return c.Literal(i)
	}
	end, _ := c.Number(i)
	c.canon = decimal.Parse(c.Buf[i:end]).AppendKey(c.canon)
	return end
}

func (c *checker) canonicalText(i int) {
	text := c.Decoded(i)
	c.canon = append(c.canon, '"')
	c.canon = binary.AppendUvarint(c.canon, uint64(len(text)))
	c.canon = append(c.canon, text...)
}

func (c *checker) canonicalArray(i int) int {
	c.canon = append(c.canon, '[')
	i = scan.Space(c.Buf, i+1)
	for c.Buf[i] != ']' {
		if c.Buf[i] == ',' {
			i = scan.Space(c.Buf, i+1)
		}
		i = scan.Space(c.Buf, c.canonical(i))
	}
	c.canon = append(c.canon, ']')
	return i + 1
}

func (c *checker) canonicalObject(i int) int {
	first := len(c.members)
	c.canon = append(c.canon, '{')
	from := len(c.canon)
	i = scan.Space(c.Buf, i+1)
	for c.Buf[i] != '}' {
		if c.Buf[i] == ',' {
			i = scan.Space(c.Buf, i+1)
		}
		m := member{name: len(c.canon)}
		c.canonicalText(i)
		end, _, _ := c.Text(i)
		m.value = len(c.canon)
		i = scan.Space(c.Buf, c.canonical(c.Colon(end)))
		m.end = len(c.canon)
		c.members = append(c.members, m)
	}
	c.sortMembers(first, from)
	c.members = c.members[:first]
	c.canon = append(c.canon, '}')
	return i + 1
}

// sortMembers brings the members from an index on, which lie in canon from a position on, into
// the order of their names.
func (c *checker) sortMembers(first, from int) {
	members := c.members[first:]
	canon := c.canon
	name := func(m member) []byte { return canon[m.name:m.value] }
	slices.SortFunc(members, func(a, b member) int {
		if by := bytes.Compare(name(a), name(b)); by != 0 {
			return by
		}
		return a.name - b.name
	})
	unsorted := len(c.canon)
	for j, m := range members {
		if j+1 < len(members) && bytes.Equal(name(m), name(members[j+1])) {
			continue // the last one counts
		}
		c.canon = append(c.canon, canon[m.name:m.end]...)
	}
	size := copy(c.canon[from:], c.canon[unsorted:])
	c.canon = c.canon[:from+size]
}
