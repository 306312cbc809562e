package validate

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/scan"
)

func (c *checker) arrayValue(n *node, i int) int {
	if n.types != 0 && n.types&endpoint.Array == 0 {
		return c.mismatch(n, i, "an array")
	}
	r := n.arrays
	if r == nil {
		return c.Skip(i)
	}
	if !c.Enter(i) {
		return scan.Failed
	}
	count, end := c.elements(r, i)
	if end == scan.Failed {
		return scan.Failed
	}
	c.Depth--
	if count < r.min && !c.refuse(r.few) || r.max >= 0 && count > r.max && !c.refuse(r.many) {
		return scan.Failed
	}
	if r.unique && count > 1 && !c.unique(i, count) {
		return scan.Failed
	}
	return end
}

// elements reads the items of an array.
func (c *checker) elements(r *arrayRules, i int) (count, end int) {
	if i = scan.Space(c.Buf, i+1); scan.Peek(c.Buf, i) == ']' {
		return 0, i + 1
	}
	for ; ; count++ {
		if c.Explain {
			c.path = append(c.path, segment{name: -1, item: count})
		}
		if i = c.value(r.items, i); i == scan.Failed {
			return 0, scan.Failed
		}
		if c.Explain {
			c.path = c.path[:len(c.path)-1]
		}
		i = scan.Space(c.Buf, i)
		switch scan.Peek(c.Buf, i) {
		case ',':
			i = scan.Space(c.Buf, i+1)
		case ']':
			return count + 1, i + 1
		default:
			return 0, c.Expected(i, `expected "," or "]"`)
		}
	}
}

// unique checks that the items of an array, read before, differ; false ends the run. Items are
// brought into canonical form and sorted, so that many items cannot take quadratic time.
func (c *checker) unique(i, count int) bool {
	from, first := len(c.canon), len(c.items)
	i = scan.Space(c.Buf, i+1)
	for range count {
		c.items = append(c.items, len(c.canon))
		i = scan.Space(c.Buf, c.canonical(i))
		i = scan.Space(c.Buf, i+1) // the comma
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
