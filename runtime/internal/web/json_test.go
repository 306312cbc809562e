package web

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzAppendString holds AppendString against encoding/json.
func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{"", "plain", "a\"b\\c\n\r\t\x00\x1f", "é\u2028\U0001f600", "\xff\xc3", "\ufffd"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		encoded := AppendString(nil, text)
		if got := AppendString(nil, []byte(text)); string(got) != string(encoded) {
			t.Errorf("bytes give %s, the string %s", got, encoded)
		}
		if !utf8.Valid(encoded) {
			t.Errorf("%q is not UTF-8", encoded)
		}
		var got string
		if err := json.Unmarshal(encoded, &got); err != nil {
			t.Fatalf("%s: %v", encoded, err)
		}
		var want strings.Builder
		for _, r := range text { // a byte that is not UTF-8 is one U+FFFD
			want.WriteRune(r)
		}
		if got != want.String() {
			t.Errorf("got %q, want %q", got, want.String())
		}
	})
}
