package validate

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// syntax ends the run because the text is not JSON at a position.
func (c *checker) syntax(at int, what string) int {
	if !c.track {
		c.stop = notJSON
		return failed
	}
	found := "but the text ends"
	if at < len(c.buf) {
		r, size := utf8.DecodeRune(c.buf[at:])
		if r == utf8.RuneError && size == 1 {
			found = fmt.Sprintf("but found byte 0x%02x", c.buf[at])
		} else {
			found = fmt.Sprintf("but found %q", r)
		}
	}
	return c.malformed(at, what+" "+found)
}

// malformed is syntax without a word on what was found.
func (c *checker) malformed(at int, what string) int {
	if !c.track {
		c.stop = notJSON
		return failed
	}
	line, column := position(c.buf, at)
	c.stop = &core.Violation{
		Detail: fmt.Sprintf("not JSON: %s at line %d, column %d (offset %d)", what, line, column, at),
	}
	return failed
}

// notJSON stands for every fault of syntax while nobody reads the text.
var notJSON = &core.Violation{Detail: "not JSON"}

// position counts lines and characters from 1.
func position(text []byte, at int) (line, column int) {
	before := text[:at]
	line = 1 + bytes.Count(before, []byte{'\n'})
	return line, 1 + utf8.RuneCount(before[1+bytes.LastIndexByte(before, '\n'):])
}
