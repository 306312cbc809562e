package document

import (
	"bytes"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Inside is the place of a byte of a text's value, where the file shows it: texts in one line
// with or without quotes, and the literal blocks of YAML. It reports false for other texts,
// such as folded ones.
func (d *Document) Inside(n *Node, offset int) (Pos, bool) {
	t := d.trees[path.Clean(n.Pos.File)]
	if t == nil || t.source == nil || n.Kind != String || n.Pos.Line > len(t.source.lines) {
		return Pos{}, false
	}
	line := t.source.line(n.Pos.Line)
	if n.Pos.Col > len(line) {
		return Pos{}, false
	}
	raw := line[n.Pos.Col-1:]
	switch raw[0] {
	case '|':
		return t.source.inBlock(n, offset)
	case '"', '\'':
		if at, ok := inQuotes(raw, n.Text, offset); ok {
			return Pos{n.Pos.File, n.Pos.Line, n.Pos.Col + at}, true
		}
		return Pos{}, false
	}
	if offset <= len(n.Text) && bytes.HasPrefix(raw, []byte(n.Text)) {
		return Pos{n.Pos.File, n.Pos.Line, n.Pos.Col + offset}, true
	}
	return Pos{}, false
}

// inBlock finds a byte in the lines after "|".
func (s *source) inBlock(n *Node, offset int) (Pos, bool) {
	if offset > len(n.Text) {
		return Pos{}, false
	}
	before := n.Text[:offset]
	number := n.Pos.Line + 1 + strings.Count(before, "\n")
	if number > len(s.lines) {
		return Pos{}, false
	}
	start := strings.LastIndexByte(before, '\n') + 1
	text, _, _ := strings.Cut(n.Text[start:], "\n")
	line := s.line(number)
	if !bytes.HasSuffix(line, []byte(text)) {
		return Pos{}, false
	}
	return Pos{n.Pos.File, number, len(line) - len(text) + offset - start + 1}, true
}

// inQuotes finds the byte of a text in its form with quotes and escapes, which starts at
// raw[0]. Every step is compared with the text, so that a form not known here is no wrong place.
func inQuotes(raw []byte, text string, offset int) (int, bool) {
	quote, i, done := raw[0], 1, 0
	for done < offset {
		if i >= len(raw) || done >= len(text) {
			return 0, false
		}
		size, meaning := 1, string(raw[i:i+1])
		switch {
		case quote == '\'' && bytes.HasPrefix(raw[i:], []byte("''")):
			size = 2
		case raw[i] == quote:
			return 0, false
		case quote == '"' && raw[i] == '\\':
			size, meaning = escape(raw[i:])
		}
		if size == 0 || !strings.HasPrefix(text[done:], meaning) {
			return 0, false
		}
		i, done = i+size, done+len(meaning)
	}
	return i, done == offset
}

// escape reads one escape of a text in double quotes, of JSON or YAML; 0 when it has another form.
func escape(raw []byte) (size int, meaning string) {
	if len(raw) < 2 {
		return 0, ""
	}
	if digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[raw[1]]; digits > 0 {
		if len(raw) < 2+digits {
			return 0, ""
		}
		r, err := strconv.ParseUint(string(raw[2:2+digits]), 16, 32)
		if err != nil || r > utf8.MaxRune {
			return 0, ""
		}
		return 2 + digits, string(rune(r))
	}
	known := map[byte]string{
		'"': `"`, '\\': `\`, '/': "/", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t",
		'0': "\x00", 'a': "\a", 'v': "\v", 'e': "\x1b", ' ': " ", 'N': "\u0085", '_': "\u00a0",
	}
	meaning, ok := known[raw[1]]
	if !ok {
		return 0, ""
	}
	return 2, meaning
}
