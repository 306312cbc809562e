package validate

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

func (c *checker) arrayValue(n *node, i int) int {
	if n.types != 0 && n.types&endpoint.Array == 0 {
		return c.mismatch(n, i, "an array")
	}
	r := n.arrays
	if r == nil {
		return c.skipArray(i)
	}
	if !c.enter(i) {
		return failed
	}
	count, end := c.elements(r, i)
	if end == failed {
		return failed
	}
	c.depth--
	if count < r.min && !c.refuse(r.few) || r.max >= 0 && count > r.max && !c.refuse(r.many) {
		return failed
	}
	if r.unique && count > 1 && !c.unique(i, count) {
		return failed
	}
	return end
}

// elements reads the items of an array.
func (c *checker) elements(r *arrayRules, i int) (count, end int) {
	if i = space(c.buf, i+1); peek(c.buf, i) == ']' {
		return 0, i + 1
	}
	for ; ; count++ {
		if c.track {
			c.path = append(c.path, segment{name: -1, item: count})
		}
		if i = c.value(r.items, i); i == failed {
			return 0, failed
		}
		if c.track {
			c.path = c.path[:len(c.path)-1]
		}
		i = space(c.buf, i)
		switch peek(c.buf, i) {
		case ',':
			i = space(c.buf, i+1)
		case ']':
			return count + 1, i + 1
		default:
			return 0, c.syntax(i, `expected "," or "]"`)
		}
	}
}

// unique checks that the items of an array, read before, differ; false ends the run. Items are
// brought into canonical form and sorted, so that many items cannot take quadratic time.
func (c *checker) unique(i, count int) bool {
	from, first := len(c.canon), len(c.items)
	i = space(c.buf, i+1)
	for range count {
		c.items = append(c.items, len(c.canon))
		i = space(c.buf, c.canonical(i))
		i = space(c.buf, i+1) // the comma
	}
	ends := append(c.items, len(c.canon))
	c.items = ends[:len(ends)-1]
	form := func(k int) []byte { return c.canon[ends[first+k]:ends[first+k+1]] }
	order := len(ends)
	for k := range count {
		ends = append(ends, k)
	}
	slices.SortFunc(ends[order:], func(a, b int) int {
		if by := bytes.Compare(form(a), form(b)); by != 0 {
			return by
		}
		return a - b
	})
	a, b := -1, -1
	for k := order + 1; k < len(ends); k++ {
		x, y := ends[k-1], ends[k]
		if (b < 0 || y < b) && bytes.Equal(form(x), form(y)) {
			a, b = x, y
		}
	}
	c.canon, c.items = c.canon[:from], ends[:first]
	return b < 0 || !c.quiet && c.refuse(fmt.Sprintf("items %d and %d are equal", a, b))
}
