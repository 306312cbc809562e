package scan

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// NotJSON begins every fault, and is all of it while nobody reads what it says.
const NotJSON = "not JSON"

// byteOrderMark is U+FEFF, with which texts in UTF-8 may begin, but not JSON (RFC 8259 section 8.1).
const byteOrderMark = "\ufeff"

// Expected notes that the text is not JSON at a position, where something else was expected. It
// gives Failed.
func (s *Scanner) Expected(at int, what string) int {
	if !s.Explain {
		s.Fault = NotJSON
		return Failed
	}
	switch {
	case len(s.Buf) == 0:
		s.Fault = NotJSON + ": the text is empty"
		return Failed
	case at == 0 && bytes.HasPrefix(s.Buf, []byte(byteOrderMark)):
		s.Fault = NotJSON + ": the text begins with a byte order mark"
		return Failed
	}
	found := "but the text ends"
	if at < len(s.Buf) {
		r, size := utf8.DecodeRune(s.Buf[at:])
		if r == utf8.RuneError && size == 1 {
			found = fmt.Sprintf("but found byte 0x%02x", s.Buf[at])
		} else {
			found = fmt.Sprintf("but found %q", r)
		}
	}
	return s.malformed(at, what+" "+found)
}

// malformed is Expected without a word on what was found.
func (s *Scanner) malformed(at int, what string) int {
	if !s.Explain {
		s.Fault = NotJSON
		return Failed
	}
	line, column := position(s.Buf, at)
	s.Fault = fmt.Sprintf("%s: %s at line %d, column %d (offset %d)", NotJSON, what, line, column, at)
	return Failed
}

// position counts lines and characters from 1.
func position(text []byte, at int) (line, column int) {
	before := text[:at]
	line = 1 + bytes.Count(before, []byte{'\n'})
	return line, 1 + utf8.RuneCount(before[1+bytes.LastIndexByte(before, '\n'):])
}
