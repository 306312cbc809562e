package value

import (
	"errors"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
)

func TestOfJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{"b":[1,2.0,"x"],"a":null}`: `{a: null, b: [1, 2.0, "x"]}`,
		"9223372036854775807":        "9223372036854775807",
		"9223372036854775808":        "9.223372036854776E18",
		"1e999":                      "! the number is beyond 64 bits",
		`{"secret":word}`:            "! not JSON: byte 11 is wrong",
		`{"secret":`:                 "! not JSON: the text ends too early",
		`{} "secret"`:                "! not JSON: text after the end of the value",
	} {
		v, err := OfJSON([]byte(text))
		got := show(v)
		if err != nil {
			got = "! " + err.Error()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	deep := strings.Repeat("[", maxDepth+2) + strings.Repeat("]", maxDepth+2)
	if _, err := OfJSON([]byte(deep)); !errors.Is(err, bounds.Err) || !strings.HasSuffix(err.Error(), "JSON of more than 64 levels") {
		t.Errorf("deep: got %v", err)
	}
	if _, err := OfJSON([]byte(deep[1 : len(deep)-1])); err != nil {
		t.Errorf("as deep as may be: got %v", err)
	}
}

// TestValuesOfJSON: texts may hold what separates values.
func TestValuesOfJSON(t *testing.T) {
	list := func(n int) []byte { return []byte("[" + strings.Repeat("1,", n-2) + "1]") }
	text := []byte(`"` + strings.Repeat(`[,{\"`, maxValues) + `"`)
	if !few(list(maxValues-1)) || few(list(maxValues+1)) || !few(text) {
		t.Errorf("got %v, %v and %v", few(list(maxValues-1)), few(list(maxValues+1)), few(text))
	}
}

// FuzzOfJSON: every text gives a value that can be written, or an error that holds no part of it.
func FuzzOfJSON(f *testing.F) {
	for _, text := range []string{`{"a":[1,2.5,"x",null,true]}`, "[[", "1e400", `"\ud800"`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := OfJSON([]byte(text))
		if err != nil {
			if !v.IsNull() {
				t.Fatalf("%q: a value and the error %v", text, err)
			}
			return
		}
		if _, err := v.Text(); err != nil && !errors.Is(err, bounds.Err) {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
