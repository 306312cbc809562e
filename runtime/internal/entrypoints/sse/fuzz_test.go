package sse

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzData reads what appendData wrote as the HTML standard, section 9.2.6, reads it.
func FuzzData(f *testing.F) {
	for _, seed := range []string{"", "a", "\n", "\r", "\r\n", "\n\r", "a\nb\r\nc\rd", " lead", ":x", "id: 7", "a\n\nb\r\r"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		stream := string(appendData(nil, payload))
		if !strings.HasSuffix(stream, "\n") {
			t.Fatalf("%q does not end its line", stream)
		}
		var data strings.Builder
		for line := range strings.SplitSeq(strings.TrimSuffix(stream, "\n"), "\n") {
			value, ok := strings.CutPrefix(line, "data: ")
			if !ok || strings.Contains(line, "\r") {
				t.Fatalf("line %q of %q", line, stream)
			}
			data.WriteString(value + "\n")
		}
		want := bytes.ReplaceAll(bytes.ReplaceAll(payload, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
		if got := strings.TrimSuffix(data.String(), "\n"); got != string(want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// FuzzComment: no name and no value may begin a line of its own.
func FuzzComment(f *testing.F) {
	f.Add("a", []byte("b\r\ndata: x"))
	f.Add("\n\nid: 7", []byte("\xff"))
	f.Fuzz(func(t *testing.T, name string, value []byte) {
		line := appendComment(nil, name, value)
		if line[0] != ':' || bytes.ContainsRune(line, '\r') || bytes.IndexByte(line, '\n') != len(line)-1 {
			t.Errorf("got %q", line)
		}
	})
}
