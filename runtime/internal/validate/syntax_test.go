package validate_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime/internal/validate"
)

var faults = map[string]string{
	``:                      "the text is empty",
	`  `:                    "expected a value but the text ends at line 1, column 3 (offset 2)",
	"{\n  \"ä\": x}":        "expected a value but found 'x' at line 2, column 8 (offset 10)",
	`{"a" 1}`:               `expected ":" but found '1' at line 1, column 6 (offset 5)`,
	`{"a":1 "b":2}`:         `expected "," or "}" but found '"' at line 1, column 8 (offset 7)`,
	`{"a":1,}`:              "expected the name of a property but found '}' at line 1, column 8 (offset 7)",
	`{a:1}`:                 "expected the name of a property but found 'a' at line 1, column 2 (offset 1)",
	`[1 2]`:                 `expected "," or "]" but found '2' at line 1, column 4 (offset 3)`,
	`[1,]`:                  "expected a value but found ']' at line 1, column 4 (offset 3)",
	`[1`:                    `expected "," or "]" but the text ends at line 1, column 3 (offset 2)`,
	`1 2`:                   "expected the end of the text but found '2' at line 1, column 3 (offset 2)",
	`01`:                    "expected the end of the text but found '1' at line 1, column 2 (offset 1)",
	`-`:                     "expected a digit but the text ends at line 1, column 2 (offset 1)",
	`1.`:                    "expected a digit but the text ends at line 1, column 3 (offset 2)",
	`1.e5`:                  "expected a digit but found 'e' at line 1, column 3 (offset 2)",
	`1e+`:                   "expected a digit but the text ends at line 1, column 4 (offset 3)",
	`+1`:                    "expected a value but found '+' at line 1, column 1 (offset 0)",
	`nul`:                   "expected a value but found 'n' at line 1, column 1 (offset 0)",
	`NaN`:                   "expected a value but found 'N' at line 1, column 1 (offset 0)",
	`"a`:                    "the text ends inside a string at line 1, column 3 (offset 2)",
	"\"a\tb\"":              "control character in a text at line 1, column 3 (offset 2)",
	`"a\x"`:                 "invalid escape in a text at line 1, column 3 (offset 2)",
	`"\u12g4"`:              "invalid escape in a text at line 1, column 2 (offset 1)",
	"\"\xff\"":              "text that is not UTF-8 at line 1, column 2 (offset 1)",
	"\"\xed\xa0\x80\"":      "text that is not UTF-8 at line 1, column 2 (offset 1)",
	"\xef\xbb\xbf{}":        "the text begins with a byte order mark",
	"\xff":                  "expected a value but found byte 0xff at line 1, column 1 (offset 0)",
	"\"1234567890\x01234\"": "control character in a text at line 1, column 12 (offset 11)",
}

func TestNotJSON(t *testing.T) {
	order := compile(t, order())
	for text, want := range faults {
		want = ": not JSON: " + want
		if diff := cmp.Diff([]string{want}, texts(validate.CheckJSON([]byte(text)))); diff != "" {
			t.Errorf("CheckJSON(%q) (-want +got):\n%s", text, diff)
		}
		// A broken rule before the fault is not listed: the text is no message at all.
		if found := texts(order.Check([]byte(text))); len(found) != 1 || found[0] != want {
			t.Errorf("Check(%q): %q", text, found)
		}
	}
}

func TestLoneSurrogatesPass(t *testing.T) {
	for _, text := range []string{`"\ud800"`, `"\udc00\ud800"`, `"\ud800\u0041"`, `"\uD83D\uDE00"`} {
		if found := validate.CheckJSON([]byte(text)); found != nil || !json.Valid([]byte(text)) {
			t.Errorf("%s: %v", text, found)
		}
	}
}

func TestDepth(t *testing.T) {
	open := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	objects := func(n int) []byte {
		return []byte(strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n))
	}
	v := compile(t, tree())
	for _, make := range []func(int) []byte{open, objects} {
		if text := make(10_000); validate.CheckJSON(text) != nil || !json.Valid(text) {
			t.Error("10,000 levels are refused")
		}
		text := make(10_001)
		want := "not JSON: nested deeper than 10,000 levels"
		if found := validate.CheckJSON(text); len(found) != 1 || !strings.HasPrefix(found[0].Detail, want) || json.Valid(text) {
			t.Errorf("10,001 levels: %v", found)
		}
	}
	if found := v.Check(objects(9_999)); found != nil {
		t.Errorf("deep message: %v", found)
	}
}

// agree compares with encoding/json, which does not look at UTF-8.
func agree(t *testing.T, text []byte) {
	t.Helper()
	got := validate.CheckJSON(text) == nil
	if want := json.Valid(text) && utf8.Valid(text); got != want {
		t.Errorf("CheckJSON(%q) = %v, encoding/json says %v", text, validate.CheckJSON(text), want)
	}
}

func TestAgreesWithEncodingJSON(t *testing.T) {
	for _, m := range messages {
		for cut := range len(m.text) {
			agree(t, []byte(m.text[:cut]))
			agree(t, []byte(m.text[:cut]+"\x00"+m.text[cut:]))
			agree(t, []byte(m.text[:cut]+`"`+m.text[cut:]))
			agree(t, []byte(m.text[:cut]+"\xc3"+m.text[cut:]))
			agree(t, []byte(m.text[:cut]+`\u00`+m.text[cut:]))
			agree(t, []byte(m.text[:cut]+m.text[cut+1:]))
		}
	}
}

func FuzzCheckJSON(f *testing.F) {
	for text := range faults {
		f.Add([]byte(text))
	}
	f.Add([]byte(large))
	f.Fuzz(agree)
}
