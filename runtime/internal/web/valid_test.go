package web

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzIsJSON holds IsJSON against encoding/json.
func FuzzIsJSON(f *testing.F) {
	for _, seed := range []string{
		"", " ", "null", "nul", "true ", "falsey", "0", "-0", "01", "-", "1.", "1.5e+7", "1E", "1e-", ".5", "NaN",
		`""`, `"`, `"a`, `"\`, `"\u12`, `"\u12G4"`, `"\u00e9\n\/"`, `"\x"`, "\"\x1f\"", "\"\xff\"", `"é😀"`, "\"\x7f\"",
		`"0123456789abcdef0123456\"789"`, `"0123456789abcdef` + "\x00" + `23456789"`, `"0123456789é"`,
		"[]", "[ ]", "[1,]", "[1 2]", "[,1]", "[", "[1", "{}", `{"a":1}`, `{"a":1,}`, `{"a" 1}`, `{a:1}`, `{"a":1 "b":2}`, `{"a":{"b":[null,{}]}}`,
		"1 2", "\ufeff1", "// 1", strings.Repeat("[", 100) + strings.Repeat("]", 100),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, want := IsJSON(text), json.Valid(text) && utf8.Valid(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	})
}

func TestIsJSONDepth(t *testing.T) {
	for _, pair := range []string{"[]", `{"a":}`} {
		opening, closing := pair[:len(pair)-1], pair[len(pair)-1:]
		for depth, want := range map[int]bool{mostDepth: true, mostDepth + 1: false} {
			text := strings.Repeat(opening, depth-1) + "[]" + strings.Repeat(closing, depth-1)
			if got := IsJSON([]byte(text)); got != want || got != json.Valid([]byte(text)) {
				t.Errorf("%s at depth %d: %v", pair, depth, got)
			}
		}
	}
}

func BenchmarkIsJSON(b *testing.B) {
	text := []byte(`{"id":"order-4711","quantity":12,"price":19.99,"lines":[{"sku":"a","n":1},{"sku":"b","n":2}],"note":"` + strings.Repeat("x", 140) + `"}`)
	b.Run("IsJSON", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			IsJSON(text)
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			json.Valid(text)
		}
	})
}
