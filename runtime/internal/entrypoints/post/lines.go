package post

import (
	"bytes"
	"errors"
	"io"
)

const (
	firstChunk = 4 << 10
	mostChunk  = 64 << 10
)

// errLineTooLong is the error of a line above the limit; the next call gives the line after it.
var errLineTooLong = errors.New("line too long")

// lineReader splits a body into lines. It reads into chunks that it never writes twice, so that
// a line is a piece of its chunk, without a copy, and may be kept.
type lineReader struct {
	src   io.Reader
	limit int

	chunk      []byte
	start, end int // what was read and not given: chunk[start:end]
	size       int // of the next chunk
	err        error
}

// newLineReader reads lines of at most limit bytes. length is that of the body, negative when
// it is not known.
func newLineReader(src io.Reader, limit, length int64) *lineReader {
	size := int64(firstChunk)
	if length >= 0 {
		size = min(length+1, mostChunk) // one more, to see the end without another chunk
	}
	return &lineReader{src: src, limit: int(limit), size: int(size)}
}

// next gives the next line, without its line break (LF or CRLF); empty lines are passed over.
// A line that the body's end cuts is a line. io.EOF ends the body; after any other error but
// errLineTooLong a line that was begun is dropped.
func (l *lineReader) next() ([]byte, error) {
	for {
		line, err := l.line()
		if err != nil {
			return nil, err
		}
		line = bytes.TrimSuffix(line, []byte{'\r'})
		if len(bytes.TrimSpace(line)) > 0 {
			return line, nil
		}
	}
}

// line gives the next line, empty ones too.
func (l *lineReader) line() ([]byte, error) {
	scanned := 0
	for {
		if i := bytes.IndexByte(l.chunk[l.start+scanned:l.end], '\n'); i >= 0 {
			return l.take(scanned+i, 1)
		}
		scanned = l.end - l.start
		if scanned > l.limit+1 { // one more for the CR of CRLF
			return nil, l.skip()
		}
		if l.err != nil {
			if !errors.Is(l.err, io.EOF) || scanned == 0 {
				return nil, l.err
			}
			return l.take(scanned, 0)
		}
		l.fill()
	}
}

// take gives the next n bytes as a line and passes over the line break behind it.
func (l *lineReader) take(n, lineBreak int) ([]byte, error) {
	line := l.chunk[l.start : l.start+n : l.start+n]
	l.start += n + lineBreak
	if n > l.limit+1 || n == l.limit+1 && line[n-1] != '\r' {
		return nil, errLineTooLong
	}
	return line, nil
}

// fill reads more, into a new chunk when this one is full.
func (l *lineReader) fill() {
	if l.end == len(l.chunk) {
		left := l.chunk[l.start:l.end]
		chunk := make([]byte, max(l.size, min(2*len(left), len(left)+mostChunk)))
		l.start, l.end = 0, copy(chunk, left)
		l.chunk = chunk
		l.size = min(2*l.size, mostChunk)
	}
	l.read()
}

func (l *lineReader) read() {
	n, err := l.src.Read(l.chunk[l.end:])
	l.end += n
	l.err = err
}

// skip passes over the rest of a line that is too long, in a chunk of its own: lines that were
// given may lie in the current one.
func (l *lineReader) skip() error {
	l.chunk = make([]byte, mostChunk)
	for {
		l.start, l.end = 0, 0
		if l.err == nil {
			l.read()
		}
		if i := bytes.IndexByte(l.chunk[:l.end], '\n'); i >= 0 {
			l.start = i + 1
			return errLineTooLong
		}
		if l.err != nil {
			return errLineTooLong
		}
	}
}
