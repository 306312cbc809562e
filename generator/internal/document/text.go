package document

import (
	"bytes"
	"fmt"
	"sort"
	"unicode/utf8"
)

// source is the text of one file with an index of its lines.
type source struct {
	name  string // for positions
	data  []byte // UTF-8, without byte order mark
	lines []int  // offset of each line; lines end with "\n"
}

// newSource checks the encoding of a file. The issue is nil when the text can be read.
func newSource(name string, data []byte) (*source, *Issue) {
	for _, mark := range [][]byte{{0xFE, 0xFF}, {0xFF, 0xFE}} {
		if bytes.HasPrefix(data, mark) {
			return nil, &Issue{Pos: Pos{name, 1, 1}, Message: "the file is UTF-16: save it as UTF-8"}
		}
	}
	s := &source{name: name, data: withoutVersion(bytes.TrimPrefix(data, []byte("\ufeff"))), lines: []int{0}}
	for i, c := range s.data {
		if c == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	for i := 0; i < len(s.data); {
		r, size := utf8.DecodeRune(s.data[i:])
		if r == utf8.RuneError && size <= 1 {
			return nil, &Issue{Pos: s.pos(i), Message: fmt.Sprintf("byte 0x%02X is not UTF-8", s.data[i])}
		}
		i += size
	}
	if len(bytes.TrimSpace(s.data)) == 0 {
		return nil, &Issue{Pos: Pos{name, 1, 1}, Message: "the file is empty"}
	}
	return s, nil
}

// withoutVersion makes a comment of the directive "%YAML 1.2" above a document: the parser knows 1.1
// only. Every place stays as it is.
func withoutVersion(data []byte) []byte {
	offset := 0
	for line := range bytes.Lines(data) {
		switch {
		case bytes.HasPrefix(line, []byte("%YAML 1.2")):
			data = bytes.Clone(data)
			data[offset] = '#'
			return data
		case len(bytes.TrimSpace(line)) > 0 && line[0] != '#' && line[0] != '%':
			return data
		}
		offset += len(line)
	}
	return data
}

// pos is the place of a byte offset.
func (s *source) pos(offset int) Pos {
	line := sort.SearchInts(s.lines, offset+1) - 1
	return Pos{File: s.name, Line: line + 1, Col: offset - s.lines[line] + 1}
}

// line is the text of a line, counted from 1, without its end.
func (s *source) line(n int) []byte {
	start, end := s.lines[n-1], len(s.data)
	if n < len(s.lines) {
		end = s.lines[n] - 1
	}
	return bytes.TrimSuffix(s.data[start:end], []byte("\r"))
}
