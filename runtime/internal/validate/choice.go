package validate

import (
	"github.com/penstock-dev/penstock/runtime/internal/scan"
	"github.com/penstock-dev/penstock/runtime/internal/validate/sentence"
)

// combination applies the rules of a value and its alternatives, which read it again.
func (c *checker) combination(n *node, i int) int {
	if n.alone != nil {
		if only, ok := c.only(n.alone, i); ok {
			return c.value(only, i)
		}
	}
	end := c.plain(n, i)
	if end == scan.Failed {
		return scan.Failed
	}
	for _, sub := range n.allOf {
		if !c.spend(end-i) || c.value(sub, i) == scan.Failed {
			return scan.Failed
		}
	}
	if n.anyOf != nil && !c.any(n.anyOf, i, end) || n.oneOf != nil && !c.exactlyOne(n.oneOf, i, end) {
		return scan.Failed
	}
	return end
}

// spend takes bytes off what may be read again; false ends the run.
func (c *checker) spend(size int) bool {
	if c.work -= size; c.work < 0 {
		c.abort("has alternatives nested too deeply to be checked")
		return false
	}
	return true
}

// any is false when the run ends.
func (c *checker) any(ch *choice, i, end int) bool {
	if only, ok := c.only(ch, i); ok {
		return c.spend(end-i) && c.value(only, i) != scan.Failed
	}
	t := kind(c.Buf, i)
	for _, sub := range ch.nodes {
		if !sub.admits(t) {
			continue
		}
		if !c.spend(end - i) {
			return false
		}
		if c.try(sub, i) {
			return true
		}
		if c.stopped() {
			return false
		}
	}
	return c.refuse(ch.none)
}

// exactlyOne is false when the run ends.
func (c *checker) exactlyOne(ch *choice, i, end int) bool {
	if only, ok := c.only(ch, i); ok {
		return c.spend(end-i) && c.value(only, i) != scan.Failed
	}
	t := kind(c.Buf, i)
	match := -1
	for k, sub := range ch.nodes {
		if !sub.admits(t) {
			continue
		}
		if !c.spend(end - i) {
			return false
		}
		ok := c.try(sub, i)
		if c.stopped() {
			return false
		}
		if ok && match >= 0 {
			return !c.quiet && c.refuse(sentence.NotOnlyOne(len(ch.nodes), match, k))
		}
		if ok {
			match = k
		}
	}
	return match >= 0 || c.refuse(ch.none)
}

// only is the one alternative that the type of the value leaves, if there is just one: its own
// broken rules say more than that nothing matched.
func (c *checker) only(ch *choice, i int) (*node, bool) {
	t := kind(c.Buf, i)
	var only *node
	count := 0
	for _, sub := range ch.nodes {
		if sub.admits(t) {
			only = sub
			count++
		}
	}
	return only, count == 1
}

// try applies an alternative without listing what it breaks.
func (c *checker) try(n *node, i int) bool {
	quiet, depth := c.quiet, c.Depth
	path, names, seen := len(c.path), len(c.names), len(c.seen)
	canon, items, members := len(c.canon), len(c.items), len(c.members)
	c.quiet = true
	ok := c.value(n, i) != scan.Failed
	c.quiet, c.Depth = quiet, depth
	if !c.stopped() {
		c.path = c.path[:path]
	}
	c.names, c.seen = c.names[:names], c.seen[:seen]
	c.canon, c.items, c.members = c.canon[:canon], c.items[:items], c.members[:members]
	return ok
}
