package validate

import (
	"strconv"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// maxDepth is how deep values may nest, the limit of encoding/json.
const maxDepth = 10_000

// failed is the position that ends a run: the value is invalid or the text is not JSON.
const failed = -1

// checker is one run over one message.
//
// Functions that read a value take the position of its first byte and return the position after
// its last one, or failed. A message is read quietly first: the first broken rule ends the run.
// Only when that fails it is read again to list every broken rule with its place.
type checker struct {
	buf   []byte
	quiet bool  // a broken rule ends the run, unlisted
	track bool  // keep the path of the value being read
	learn bool  // note the order of properties: in one message of 16, so that senders do not fight over it
	turn  uint8 // counts messages
	depth int
	work  int // bytes that alternatives may still read again

	stop       *core.Violation // not JSON, or not to be checked further
	violations []core.Violation
	path       []segment

	// Scratch space, used as stacks.
	names   []nameAt // undeclared names of open objects
	seen    []uint64 // declared names beyond the first 64
	items   []int    // starts of canonical items
	members []member
	canon   []byte
	text    []byte // one text with its escapes resolved
	header  []byte // request headers as a JSON object
}

// segment is one step of a path: a property by the position of its name, or an item.
type segment struct {
	name int // position of the opening quote, -1 for an item
	item int
}

// start makes the checker ready for a message; listed: broken rules are collected.
func (c *checker) start(body []byte, listed bool) {
	c.buf, c.quiet, c.track = body, !listed, listed
	c.learn = !listed && c.turn%16 == 1
	c.depth, c.work = 0, 1<<23+64*len(body)
	c.stop, c.violations = nil, nil
	c.path, c.names, c.seen = c.path[:0], c.names[:0], c.seen[:0]
	c.items, c.members, c.canon = c.items[:0], c.members[:0], c.canon[:0]
}

func (c *checker) scratchBytes() int {
	return 16*(cap(c.path)+cap(c.names)) + 8*(cap(c.seen)+cap(c.items)) + 24*cap(c.members) +
		cap(c.canon) + cap(c.text) + cap(c.header)
}

// document reads the whole message; true when it is valid.
func (c *checker) document(n *node) bool {
	end := c.value(n, space(c.buf, 0))
	if end == failed {
		return false
	}
	if end = space(c.buf, end); end < len(c.buf) {
		c.syntax(end, "expected the end of the text")
		return false
	}
	return len(c.violations) == 0
}

// result is what the run found; a stop hides the rest.
func (c *checker) result() []core.Violation {
	if c.stop != nil {
		return []core.Violation{*c.stop}
	}
	return c.violations
}

// refuse notes a broken rule of the value at the current path; false ends the run.
func (c *checker) refuse(detail string) bool {
	if c.quiet {
		return false
	}
	if len(c.violations) < maxViolations {
		c.violations = append(c.violations, core.Violation{Pointer: c.pointer(), Detail: detail})
	}
	return true
}

// abort ends the run for good, also inside an alternative.
func (c *checker) abort(detail string) int {
	c.stop = &core.Violation{Detail: detail}
	if c.track {
		c.stop.Pointer = c.pointer()
	}
	return failed
}

func (c *checker) pointer() string {
	var p []byte
	for _, s := range c.path {
		p = append(p, '/')
		if s.name < 0 {
			p = strconv.AppendInt(p, int64(s.item), 10)
			continue
		}
		p = appendToken(p, c.decoded(s.name))
	}
	return string(p)
}

// appendToken appends one reference token of a JSON pointer (RFC 6901 section 3).
func appendToken(dst, name []byte) []byte {
	for _, b := range name {
		switch b {
		case '~':
			dst = append(dst, "~0"...)
		case '/':
			dst = append(dst, "~1"...)
		default:
			dst = append(dst, b)
		}
	}
	return dst
}
