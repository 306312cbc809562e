// Package scan reads JSON text (RFC 8259) by positions, without decoding it: no allocation, and
// each byte is looked at once.
//
// Text that is not UTF-8 is refused; escapes of lone surrogates pass and stand for U+FFFD, as in
// encoding/json.
package scan

// Failed is the position that ends a run: the text is not JSON there.
const Failed = -1

// maxDepth is how deep values may nest, the limit of encoding/json.
const maxDepth = 10_000

// Scanner reads one text. Methods that read take the position of a first byte and give the
// position after the last one, or Failed; then Fault says why. Not safe for concurrent use.
type Scanner struct {
	Buf     []byte // the text
	Explain bool   // Fault says what is wrong and where; else only that something is
	Fault   string // why the text is not JSON; "": it is, so far
	Depth   int    // objects and arrays that are open

	text []byte // one text with its escapes resolved
}

// Start makes the scanner ready for a text and forgets the one before.
func (s *Scanner) Start(text []byte, explain bool) {
	s.Buf, s.Explain, s.Fault, s.Depth = text, explain, "", 0
}

// Scratch is the number of bytes that the scanner keeps beside the text.
func (s *Scanner) Scratch() int { return cap(s.text) }

// Document reads the whole text as one value of any kind; false when it is not JSON.
func (s *Scanner) Document() bool { return s.End(s.Skip(Space(s.Buf, 0))) }

// End goes from the end of the value to the end of the text; false when something else follows,
// or the value was not read.
func (s *Scanner) End(i int) bool {
	if i == Failed {
		return false
	}
	if i = Space(s.Buf, i); i < len(s.Buf) {
		s.Expected(i, "expected the end of the text")
		return false
	}
	return true
}

// Valid says whether a text is one JSON text in UTF-8, where nobody asks why it is not.
func Valid(text []byte) bool {
	s := Scanner{Buf: text}
	return s.Document()
}
