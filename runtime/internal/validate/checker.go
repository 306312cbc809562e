package validate

import (
	"strconv"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/scan"
)

// checker is one run over one message.
//
// Functions that read a value take the position of its first byte and return the position after
// its last one, or failed. A message is read quietly first: the first broken rule ends the run.
// Only when that fails it is read again to list every broken rule with its place.
type checker struct {
	scan.Scanner // Explain: the path of the value being read is kept

	quiet bool  // a broken rule ends the run, unlisted
	learn bool  // note the order of properties: in one message of 16, so that senders do not fight over it
	turn  uint8 // counts messages
	work  int   // bytes that alternatives may still read again

	stop       *core.Violation // why the message is not checked further, although it is JSON
	violations []core.Violation
	path       []segment

	// Scratch space, used as stacks.
	names   []nameAt // undeclared names of open objects
	seen    []uint64 // declared names beyond the first 64
	items   []int    // starts of canonical items
	members []member
	canon   []byte
	header  []byte // request headers as a JSON object
}

// segment is one step of a path: a property by the position of its name, or an item.
type segment struct {
	name int // position of the opening quote, -1 for an item
	item int
}

// start makes the checker ready for a message; listed: broken rules are collected.
func (c *checker) start(body []byte, listed bool) {
	c.Start(body, listed)
	c.quiet = !listed
	c.learn = !listed && c.turn%16 == 1
	c.work = 1<<23 + 64*len(body)
	c.stop, c.violations = nil, nil
	c.path, c.names, c.seen = c.path[:0], c.names[:0], c.seen[:0]
	c.items, c.members, c.canon = c.items[:0], c.members[:0], c.canon[:0]
}

func (c *checker) scratchBytes() int {
	return 16*(cap(c.path)+cap(c.names)) + 8*(cap(c.seen)+cap(c.items)) + 24*cap(c.members) +
		cap(c.canon) + c.Scratch() + cap(c.header)
}

// document reads the whole message; true when it is valid.
func (c *checker) document(n *node) bool {
	return c.End(c.value(n, scan.Space(c.Buf, 0))) && len(c.violations) == 0
}

// stopped reports whether the run has ended for good, also inside an alternative.
func (c *checker) stopped() bool { return c.Fault != "" || c.stop != nil }

// result is what the run found; a fault or a stop hides the rest.
func (c *checker) result() []core.Violation {
	switch {
	case c.Fault != "":
		return []core.Violation{{Detail: c.Fault}}
	case c.stop != nil:
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
	if c.Explain {
		c.stop.Pointer = c.pointer()
	}
	return scan.Failed
}

func (c *checker) pointer() string {
	var p []byte
	for _, s := range c.path {
		p = append(p, '/')
		if s.name < 0 {
			p = strconv.AppendInt(p, int64(s.item), 10)
			continue
		}
		p = appendToken(p, c.Decoded(s.name))
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
