package post

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"
)

// read gives all lines of a body; a line above the limit is nil.
func read(src io.Reader, limit, length int64) (lines [][]byte, err error) {
	r := newLineReader(src, limit, length)
	for {
		line, err := r.next()
		switch {
		case errors.Is(err, errLineTooLong):
			lines = append(lines, nil)
		case err != nil:
			return lines, err
		default:
			lines = append(lines, line)
		}
	}
}

// FuzzLines holds the line reader against splitting the whole body, however its pieces arrive.
func FuzzLines(f *testing.F) {
	f.Add([]byte("a\nb\r\n\n \r\nlast"), uint8(3), uint8(0))
	f.Add([]byte("toolong\nb\r\nxxx\r\nxxxx\r"), uint8(3), uint8(1))
	f.Add(bytes.Repeat([]byte("0123456789abcde\n"), 1000), uint8(20), uint8(2))
	f.Fuzz(func(t *testing.T, body []byte, limit, pieces uint8) {
		var want [][]byte
		for line := range bytes.SplitSeq(body, []byte{'\n'}) {
			line = bytes.TrimSuffix(line, []byte{'\r'})
			switch {
			case len(line) > int(limit):
				want = append(want, nil)
			case len(bytes.TrimSpace(line)) > 0:
				want = append(want, line)
			}
		}
		var src io.Reader = bytes.NewReader(body)
		length := int64(len(body))
		switch pieces % 4 {
		case 1:
			src, length = iotest.OneByteReader(src), -1
		case 2:
			src, length = iotest.HalfReader(src), -1
		case 3:
			src = iotest.DataErrReader(src)
		}
		got, err := read(src, int64(limit), length)
		if !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		if !slices.EqualFunc(got, want, func(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }) {
			t.Errorf("limit %d\n got %q\nwant %q", limit, got, want)
		}
	})
}

// TestLinesKeepTheirBytes: a line stays as it was while later ones are read.
func TestLinesKeepTheirBytes(t *testing.T) {
	var body bytes.Buffer
	var want [][]byte
	for i := range 5000 {
		line := bytes.Repeat([]byte{'a' + byte(i%26)}, 1+i%97)
		want = append(want, line)
		body.Write(line)
		body.WriteByte('\n')
	}
	got, err := read(&body, 1<<10, -1)
	if !errors.Is(err, io.EOF) || !slices.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("%d lines, %v", len(got), err)
	}
}

// TestBrokenBody drops the line that was begun.
func TestBrokenBody(t *testing.T) {
	broken := errors.New("broken")
	got, err := read(io.MultiReader(bytes.NewReader([]byte("a\nhal")), iotest.ErrReader(broken)), 10, -1)
	if !errors.Is(err, broken) || len(got) != 1 {
		t.Errorf("%q, %v", got, err)
	}
}
