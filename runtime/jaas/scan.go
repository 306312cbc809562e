package jaas

import (
	"strings"
	"unicode/utf8"
)

// kind is what a token is.
type kind int

const (
	end    kind = iota // of the text
	word               // a bare word or a quoted text
	symbol             // one character by itself: ";", "=", or a control character
)

// token is one token of a text.
type token struct {
	kind kind
	text string // of a word, escapes resolved
	char rune   // of a symbol
	at   int    // where it starts, in bytes
}

// eof is no character of a text.
const eof rune = -1

// scanner splits a text as java.io.StreamTokenizer does when it is set up as Kafka's JaasConfig
// sets it up: characters 0 to 32 are space, "/" starts a comment, "'" and `"` quote, ";" and
// "=" and the characters 129 to 159 stand for themselves, every other character makes words.
type scanner struct {
	text string
	pos  int
}

// read takes the next character.
func (s *scanner) read() rune {
	if s.pos >= len(s.text) {
		return eof
	}
	c, size := utf8.DecodeRuneInString(s.text[s.pos:])
	s.pos += size
	return c
}

// unread puts the character back that read gave last.
func (s *scanner) unread(c rune) {
	if c != eof {
		_, size := utf8.DecodeLastRuneInString(s.text[:s.pos])
		s.pos -= size
	}
}

// next takes the next token.
func (s *scanner) next() token {
	for {
		c := s.read()
		at := s.pos - 1
		switch {
		case c == eof:
			return token{kind: end, at: s.pos}
		case c <= ' ':
		case c == '/':
			s.comment()
		case c == '"' || c == '\'':
			return token{kind: word, text: s.quoted(c), at: at}
		case isWord(c):
			s.unread(c)
			return s.bare()
		default:
			s.unread(c)
			at = s.pos
			s.read()
			return token{kind: symbol, char: c, at: at}
		}
	}
}

func isWord(c rune) bool {
	switch c {
	case ';', '=', '/', '"', '\'':
		return false
	}
	return c > ' ' && c <= 128 || c >= 160
}

func (s *scanner) bare() token {
	at := s.pos
	c := s.read()
	for isWord(c) {
		c = s.read()
	}
	s.unread(c)
	return token{kind: word, text: s.text[at:s.pos], at: at}
}

// comment passes over a comment whose first "/" was read. Without a second "/" or "*" the
// character after the "/" belongs to the comment even when it is a line feed: so does Java.
func (s *scanner) comment() {
	if s.read() == '*' {
		s.blockComment()
		return
	}
	for c := s.read(); c != eof; c = s.read() {
		if c == '\n' || c == '\r' {
			return
		}
	}
}

// blockComment ends after "*/" or with the text. As in Java, a "*" before a line's end does not
// count.
func (s *scanner) blockComment() {
	var before rune
	for {
		c := s.read()
		switch {
		case c == '/' && before == '*':
			return
		case c == '\r':
			if c = s.read(); c == '\n' {
				c = s.read()
			}
		case c == '\n':
			c = s.read()
		}
		if c == eof {
			return
		}
		before = c
	}
}

// quoted reads up to the closing quote, or to the end of the line, which closes it too.
func (s *scanner) quoted(quote rune) string {
	var text []rune
	for {
		c := s.read()
		switch c {
		case quote, eof:
			return string(text)
		case '\n', '\r':
			s.unread(c)
			return string(text)
		case '\\':
			c = s.escape()
		}
		if c != eof {
			text = append(text, c)
		}
	}
}

// escape reads what follows a backslash: \a \b \f \n \r \t \v, up to three octal digits (two
// when the first is above 3), or the character itself.
func (s *scanner) escape() rune {
	c := s.read()
	if !isOctal(c) {
		if i := strings.IndexRune("abfnrtv", c); i >= 0 {
			return rune("\a\b\f\n\r\t\v"[i])
		}
		return c
	}
	most := 3
	if c > '3' {
		most = 2
	}
	value := c - '0'
	for range most - 1 {
		c = s.read()
		if !isOctal(c) {
			s.unread(c)
			return value
		}
		value = value<<3 + c - '0'
	}
	return value
}

func isOctal(c rune) bool { return c >= '0' && c <= '7' }
