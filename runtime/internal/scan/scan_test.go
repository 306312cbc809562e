package scan_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/internal/scan"
)

// FuzzDocument holds the scanner against encoding/json, which takes any bytes as text.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{
		``, ` `, `{}`, `[1,-0.5e+10]`, `{"a":[true,false,null],"b":"\u00e9\ud83d\ude00"}`, `"\ud800"`, `01`, `1.`,
		`[1,]`, `{"a"}`, `{"a":1,}`, `nul`, `"tab	"`, "\"\xff\"", `1 2`, strings.Repeat("[", 10_001),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := scan.Scanner{Buf: text}
		want := json.Valid(text) && utf8.Valid(text)
		if got := s.Document(); got != want || (s.Fault == "") != want || scan.Valid(text) != want {
			t.Errorf("%q: got %v with fault %q and %v, want %v", text, got, s.Fault, scan.Valid(text), want)
		}
	})
}

func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1`:     `not JSON: expected "," or "}" but the text ends at line 1, column 7 (offset 6)`,
		"[1,\n é]":   `not JSON: expected a value but found 'é' at line 2, column 2 (offset 5)`,
		"[\xff]":     `not JSON: expected a value but found byte 0xff at line 1, column 2 (offset 1)`,
		`true false`: `not JSON: expected the end of the text but found 'f' at line 1, column 6 (offset 5)`,
		`"\q"`:       `not JSON: invalid escape in a text at line 1, column 2 (offset 1)`,
		`"abc`:       `not JSON: the text ends inside a string at line 1, column 5 (offset 4)`,
		``:           `not JSON: the text is empty`,
		" \n":        `not JSON: expected a value but the text ends at line 2, column 1 (offset 2)`,
		"\ufeff{}":   `not JSON: the text begins with a byte order mark`,
		" \ufeff{}":  `not JSON: expected a value but found '\ufeff' at line 1, column 2 (offset 1)`,
	} {
		s := scan.Scanner{Buf: []byte(text), Explain: true}
		if s.Document() || s.Fault != want {
			t.Errorf("%q: got %q, want %q", text, s.Fault, want)
		}
	}
}

func TestDecoded(t *testing.T) {
	const text = `"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud800"`
	s := scan.Scanner{Buf: []byte(text)}
	end, length, escaped := s.Text(0)
	if end != len(text) || length != 12 || !escaped {
		t.Errorf("got end %d, %d code points, escaped %v", end, length, escaped)
	}
	if got, want := string(s.Decoded(0)), "a\"\\/\b\f\n\r\té\U0001f600\uFFFD"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func BenchmarkValid(b *testing.B) {
	text := []byte(`{"id":"order-4711","quantity":12,"lines":[{"sku":"a","n":1}],"note":"` + strings.Repeat("x", 180) + `"}`)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		scan.Valid(text)
	}
}
