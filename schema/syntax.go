package schema

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// SyntaxError is a fault in a JSON text, with its likely cause.
type SyntaxError struct {
	Line, Col int // from 1; the column counts bytes
	Message   string
}

// Error is "line L, column C: message".
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Col, e.Message)
}

// maxFaults ends the reading of a text that is something else than JSON.
const maxFaults = 20

// maxDepth bounds how deep values nest.
const maxDepth = 10_000

// ParseJSON reads one JSON value (RFC 8259) as the other functions take it; numbers are
// json.Number. It goes on after a missing or a surplus comma, a comment and a repeated key, so
// that one run shows several faults. The error joins a *SyntaxError for each.
func ParseJSON(text []byte) (any, error) {
	p := &parser{text: text}
	value := p.document()
	if len(p.faults) == 0 {
		return value, nil
	}
	faults := make([]error, len(p.faults))
	for i, fault := range p.faults {
		faults[i] = fault
	}
	return nil, errors.Join(faults...)
}

// SyntaxErrors lists the faults of a JSON text in their order; nil when there is none.
func SyntaxErrors(text []byte) []*SyntaxError {
	p := &parser{text: text}
	p.document()
	return p.faults
}

// ValidateJSON checks a JSON text. Faults of the syntax come alone, each with an empty Pointer
// and a Message that begins with the line and the column.
func ValidateJSON(kind Kind, mode Mode, text []byte) []Issue {
	p := &parser{text: text}
	value := p.document()
	if len(p.faults) == 0 {
		return Validate(kind, mode, value)
	}
	issues := make([]Issue, len(p.faults))
	for i, fault := range p.faults {
		issues[i] = Issue{Message: fault.Error()}
	}
	return issues
}

// place is the line and the column of an offset.
func (p *parser) place(offset int) (line, col int) {
	before := p.text[:min(offset, len(p.text))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

// fault records a fault at an offset.
func (p *parser) fault(offset int, format string, args ...any) {
	line, col := p.place(offset)
	p.faults = append(p.faults, &SyntaxError{line, col, fmt.Sprintf(format, args...)})
	if len(p.faults) == maxFaults {
		p.lost = true
		p.pos = len(p.text)
	}
}

// fatal records a fault after which nothing can be guessed.
func (p *parser) fatal(offset int, format string, args ...any) {
	if !p.lost {
		p.fault(offset, format, args...)
		p.lost = true
	}
}

// shown is the character at an offset for a message.
func (p *parser) shown(offset int) string {
	r, size := utf8.DecodeRune(p.text[offset:])
	if r == utf8.RuneError && size == 1 {
		return fmt.Sprintf("the byte 0x%02x", p.text[offset])
	}
	return fmt.Sprintf("%q", string(r))
}
