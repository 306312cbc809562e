package schema

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// parser reads JSON by recursive descent. It knows more about what people get wrong than
// encoding/json, and finds repeated keys.
type parser struct {
	text   []byte
	pos    int
	depth  int
	lost   bool // a fault made the rest unreadable
	faults []*SyntaxError
}

func (p *parser) document() any {
	p.space()
	if p.end() {
		p.fatal(p.pos, "the file is empty")
		return nil
	}
	value := p.value()
	p.space()
	if !p.lost && !p.end() {
		p.fatal(p.pos, "unexpected %s after the end of the value", p.shown(p.pos))
	}
	return value
}

func (p *parser) end() bool { return p.pos >= len(p.text) }

// at is the byte at the position, 0 at the end.
func (p *parser) at() byte {
	if p.end() {
		return 0
	}
	return p.text[p.pos]
}

// space skips white space, and comments after naming them.
func (p *parser) space() {
	for !p.end() && !p.lost {
		switch {
		case bytes.IndexByte([]byte(" \t\r\n"), p.text[p.pos]) >= 0:
			p.pos++
		case p.starts("//"), p.starts("#"):
			p.fault(p.pos, "JSON has no comments")
			p.skipTo("\n")
		case p.starts("/*"):
			p.fault(p.pos, "JSON has no comments")
			p.skipTo("*/")
		default:
			return
		}
	}
}

func (p *parser) starts(text string) bool { return bytes.HasPrefix(p.text[p.pos:], []byte(text)) }

func (p *parser) skipTo(text string) {
	if i := bytes.Index(p.text[p.pos:], []byte(text)); i >= 0 {
		p.pos += i + len(text)
		return
	}
	p.pos = len(p.text)
}

func (p *parser) value() any {
	p.space()
	switch c := p.at(); {
	case p.end():
		p.fatal(p.pos, "the file ends where a value is expected")
	case c == '{', c == '[':
		return p.nested(c)
	case c == '"':
		return p.str()
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	default:
		return p.word()
	}
	return nil
}

func (p *parser) nested(open byte) any {
	if p.depth++; p.depth > maxDepth {
		p.fatal(p.pos, "nested deeper than %d levels", maxDepth)
		return nil
	}
	defer func() { p.depth-- }()
	p.pos++
	if open == '{' {
		return p.object()
	}
	return p.array()
}

func (p *parser) object() any {
	out := map[string]any{}
	keys := map[string]int{} // and where they stand
	for p.more('}', len(out) > 0) {
		start := p.pos
		if p.at() != '"' {
			p.fatal(start, "unexpected %s where a property's name in double quotes is expected", p.shown(start))
			return nil
		}
		key := p.str()
		p.space()
		if p.lost {
			return nil
		}
		if p.at() != ':' {
			p.fatal(p.pos, "a colon is missing after %q", key)
			return nil
		}
		p.pos++
		if first, repeated := keys[key]; repeated {
			line, _ := p.place(first)
			p.fault(start, "duplicate key %q: it stands already in line %d", key, line)
		} else {
			keys[key] = start
		}
		out[key] = p.value()
	}
	return out
}

func (p *parser) array() any {
	out := []any{}
	for p.more(']', len(out) > 0) {
		out = append(out, p.value())
	}
	return out
}

// more reads up to the next member or the closing bracket. After the first member it takes the
// comma and names a missing or surplus one.
func (p *parser) more(closing byte, later bool) bool {
	p.space()
	switch {
	case p.lost:
		return false
	case p.end():
		p.fatal(p.pos, "the file ends before the closing %q", string(closing))
		return false
	case p.at() == closing:
		p.pos++
		return false
	case p.at() == ',':
		return p.comma(closing, later)
	case later && p.startsValue():
		p.fault(p.pos, "a comma is missing before %s", p.token(p.pos))
	case later:
		p.fatal(p.pos, "unexpected %s where a comma or %q is expected", p.shown(p.pos), string(closing))
		return false
	}
	return true
}

func (p *parser) comma(closing byte, later bool) bool {
	comma := p.pos
	p.pos++
	p.space()
	if !later {
		p.fatal(comma, "a comma stands where a value is expected")
		return false
	}
	switch {
	case p.end():
		p.fatal(p.pos, "the file ends before the closing %q", string(closing))
		return false
	case p.at() == closing:
		p.fault(comma, "there is a comma too many before %q", string(closing))
		p.pos++
		return false
	case p.at() == ',':
		p.fatal(p.pos, "there is a comma too many")
		return false
	}
	return true
}

func (p *parser) startsValue() bool {
	c := p.at()
	return bytes.IndexByte([]byte(`"{[-`), c) >= 0 || c >= '0' && c <= '9' || p.literal() != ""
}

// token is the text at an offset, for a message: the start of a string, else one character.
func (p *parser) token(start int) string {
	if p.text[start] != '"' {
		return p.shown(start)
	}
	end := start + 1
	for end < len(p.text) && p.text[end] >= 0x20 && p.text[end] != '"' && end-start < 60 {
		end++
	}
	return string(bytes.ToValidUTF8(p.text[start:end], []byte("?"))) + `"`
}

// str reads a string; encoding/json decides about escapes.
func (p *parser) str() string {
	start := p.pos
	for p.pos++; !p.end() && p.text[p.pos] != '"'; p.pos++ {
		switch c := p.text[p.pos]; {
		case c == '\\':
			p.pos++
		case c == '\n' || c == '\r':
			p.fatal(start, "the closing quote of %s is missing on this line", p.token(start))
			return ""
		case c < 0x20:
			p.fatal(p.pos, "a control character in a text is written as an escape, like \\t or \\u%04x", c)
			return ""
		}
	}
	if p.end() {
		p.fatal(start, "the closing quote of %s is missing", p.token(start))
		return ""
	}
	p.pos++
	var text string
	if !utf8.Valid(p.text[start:p.pos]) {
		p.fatal(start, "a text is not UTF-8")
	} else if err := json.Unmarshal(p.text[start:p.pos], &text); err != nil {
		p.fatal(start, "a text has an escape that JSON does not know: use \\\\ for a backslash")
	}
	return text
}

func (p *parser) number() any {
	start := p.pos
	for !p.end() && bytes.IndexByte([]byte("+-.0123456789eE"), p.text[p.pos]) >= 0 {
		p.pos++
	}
	literal := p.text[start:p.pos]
	if !json.Valid(literal) {
		p.fatal(start, "%q is not a number as JSON writes it: a text stands in double quotes", literal)
		return nil
	}
	return json.Number(literal)
}

// literal is the literal at the position, "" for none.
func (p *parser) literal() string {
	for _, word := range []string{"true", "false", "null"} {
		if p.starts(word) {
			return word
		}
	}
	return ""
}

func (p *parser) word() any {
	word := p.literal()
	if word == "" {
		if p.at() == '\'' {
			p.fatal(p.pos, "a text stands in double quotes, not in single ones")
		} else {
			p.fatal(p.pos, "unexpected %s where a value is expected", p.shown(p.pos))
		}
		return nil
	}
	p.pos += len(word)
	switch word {
	case "true":
		return true
	case "false":
		return false
	}
	return nil
}
