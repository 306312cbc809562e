package jsonpath

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

const document = `{"a":{"b":"deep","list":[1,2,{"b":3}]},"c.d":true,"b":null}`

// found follows a path and writes the value as JSON.
func found(t *testing.T, text, path string) string {
	t.Helper()
	steps, err := Parse(path)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	v, err := Follow(new(bounds.Budget), value.OfText(text), steps)
	if err != nil {
		return err.Error()
	}
	decoded, err := v.Any()
	if err != nil {
		t.Fatal(err)
	}
	written, err := json.Marshal(decoded)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

func TestFollow(t *testing.T) {
	for path, want := range map[string]string{
		"$.a.b":             `"deep"`,
		"$['c.d']":          "true",
		`$["a"].list[0]`:    "1",
		"$.a.list[-1].b":    "3",
		"$.a.list[3]":       "null",
		"$.a.list[-4]":      "null",
		"$.none.b":          "null",
		"$.a.b.c":           "null",
		"$.a.b[0]":          "null",
		"$.a.list.b":        "null",
		"$.a.list[*]":       `[1,2,{"b":3}]`,
		"$.a.list[*].b":     "[3]",
		"$.a.*":             `["deep",[1,2,{"b":3}]]`,
		"$..b":              `[null,"deep",3]`,
		"$..[0]":            "[1]",
		"$.none[*]":         "[]",
		"$..['list'][1]":    "[2]",
		"$.a.list..*":       `[1,2,{"b":3},3]`,
		"$.a.list[2]['b']":  "3",
		"$.a.list[0][0].xy": "null",
	} {
		if got := found(t, document, path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	if got := found(t, "[1", "$"); got != "not JSON: the text ends too early" {
		t.Errorf("no JSON: got %s", got)
	}
	long := "[" + strings.Repeat("1,", 15_000) + "1]"
	if got := found(t, long, "$..x"); got != "limit of the evaluation reached: 10000 steps" {
		t.Errorf("a long list: got %s", got)
	}
}

func TestParse(t *testing.T) {
	for path, want := range map[string]string{
		"":           "a JSON path starts with $",
		"a":          "a JSON path starts with $",
		"$a":         `JSON path "$a": a step starts with . or [`,
		"$.":         `JSON path "$.": "" is no name`,
		"$..":        `JSON path "$..": "" is no name`,
		"$.a b":      `JSON path "$.a b": "a b" is no name`,
		"$[":         `JSON path "$[": "]" is missing`,
		"$['a":       `JSON path "$['a": a name in [ ] ends with its quote and "]"`,
		"$['a'":      `JSON path "$['a'": a name in [ ] ends with its quote and "]"`,
		"$[1:2]":     `JSON path "$[1:2]": [1:2] is not part of the language: write a number, a name in quotes or *`,
		"$[?(@.a)]":  `JSON path "$[?(@.a)]": [?(@.a)] is not part of the language: write a number, a name in quotes or *`,
		"$.length()": `JSON path "$.length()": "length()" is no name`,
	} {
		if _, err := Parse(path); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
	}
}

// TestComputedPath: a path that was computed may hold what a caller sent.
func TestComputedPath(t *testing.T) {
	_, err := Of(new(bounds.Budget), value.OfText("$.secret word"))
	if err == nil || err.Error() != "the text is no JSON path" {
		t.Errorf("got %v", err)
	}
	if _, err = Of(new(bounds.Budget), value.OfInt(1)); err == nil || err.Error() != "a JSON path is a text, not a number" {
		t.Errorf("got %v", err)
	}
	if _, err = Of(new(bounds.Budget), value.OfText(strings.Repeat("$", bounds.MaxBytes+1))); !errors.Is(err, bounds.Err) {
		t.Errorf("got %v", err)
	}
}

// FuzzFollow: no path and no text make the package fail otherwise than by its errors.
func FuzzFollow(f *testing.F) {
	for _, path := range []string{"$.a.b", "$..b", "$['c.d']", "$.a.list[-1]", "$.a.*", "$[", "$.."} {
		f.Add(path, document)
	}
	f.Fuzz(func(t *testing.T, path, text string) {
		steps, err := Parse(path)
		if err != nil {
			return
		}
		if len(steps) > len(path) {
			t.Fatalf("%q: %d steps", path, len(steps))
		}
		v, err := Follow(new(bounds.Budget), value.OfText(text), steps)
		if err != nil && !v.IsNull() {
			t.Fatalf("%q: a value and the error %v", path, err)
		}
	})
}
