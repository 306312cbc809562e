package method

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
	"github.com/penstock-dev/penstock/runtime/expr/internal/shape"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

func TestMismatch(t *testing.T) {
	for name, c := range map[string]struct {
		method string
		args   []*shape.Shape
		want   string
	}{
		"fits":             {"substring", []*shape.Shape{shape.Int}, ""},
		"not known":        {"concat", []*shape.Shape{shape.Any}, ""},
		"none":             {"substring", nil, "substring takes 1 or 2 arguments, not 0"},
		"too many":         {"length", []*shape.Shape{shape.Int}, "length takes no argument, not 1"},
		"one only":         {"concat", nil, "concat takes 1 argument, not 0"},
		"a fraction":       {"repeat", []*shape.Shape{shape.Float}, "argument 1 of repeat must be a whole number, not a fraction"},
		"no whole number":  {"charAt", []*shape.Shape{shape.Text}, "argument 1 of charAt must be a whole number, not a text"},
		"the second wrong": {"replace", []*shape.Shape{shape.Text, shape.Bool}, "argument 2 of replace must be a text, not a boolean"},
	} {
		if got := ByKind[value.Text][c.method].Mismatch(c.method, c.args); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	if got := ByKind[value.Text]["concat"].Problem("concat", []value.Value{{}}); got != "argument 1 of concat is null, not a text" {
		t.Errorf("null: got %q", got)
	}
}

func TestInvoke(t *testing.T) {
	for name, c := range map[string]struct {
		on     value.Value
		method string
		args   []value.Value
		want   string
	}{
		"text":      {value.OfText("äöü"), "substring", []value.Value{value.OfInt(1), value.OfInt(2)}, "ö"},
		"list":      {value.OfTexts([]string{"a", "b"}), "indexOf", []value.Value{value.OfText("b")}, "1"},
		"map":       {value.OfMap(value.Texts{"a": "1"}), "getOrDefault", []value.Value{value.OfText("b"), value.OfInt(2)}, "2"},
		"number":    {value.OfFloat(2.9), "intValue", nil, "2"},
		"split":     {value.OfText("a1b22"), "split", []value.Value{value.OfText("[0-9]")}, "a,b"},
		"no method": {value.OfText("a"), "getClass", nil, `! a text has no method "getClass"`},
		"on null":   {value.Value{}, "length", nil, `! null has no method "length"`},
		"argument":  {value.OfText("a"), "concat", nil, "! concat takes 1 argument, not 0"},
		"range":     {value.OfText("a"), "charAt", []value.Value{value.OfInt(1)}, "! the index is out of range: the text has 1 character"},
		"limit":     {value.OfText("aa"), "repeat", []value.Value{value.OfInt(bounds.MaxBytes)}, "! limit of the evaluation reached: 1048576 bytes"},
	} {
		regular := func(_ *bounds.Budget, v value.Value) (*Matcher, error) { return Pattern(value.AsText(v), false) }
		v, err := Invoke(new(bounds.Budget), c.method, c.on, c.args, regular)
		got, wrong := v.Text()
		if err != nil {
			got = "! " + err.Error()
		}
		if got != c.want || wrong != nil {
			t.Errorf("%s: got %q, %v, want %q", name, got, wrong, c.want)
		}
	}
}

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		whole, want   bool
	}{
		{"b", "abc", false, true},
		{"b", "abc", true, false},
		{"a|abc", "abc", true, true},
		{`\Qa.c`, "a.c", true, true},
		{`\Qa.c`, "abc", true, false},
		{"(?i)ABC", "abc", true, true},
		{"a.", "a\n", true, false},
	} {
		re, err := Pattern(c.pattern, c.whole)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
		} else if got := re.MatchString(c.text); got != c.want {
			t.Errorf("%q matches %q: got %v", c.pattern, c.text, got)
		}
	}
	for pattern, want := range map[string]string{
		"a(?=b)":                          `not a regular expression (RE2): look-around "(?=" is not part of it`,
		"a(":                              "not a regular expression (RE2): missing closing ): \"a(\"",
		"[" + strings.Repeat("x", 60):     `not a regular expression (RE2): missing closing ]: "[` + strings.Repeat("x", 39) + `…"`,
		"(?<!a)b":                         `not a regular expression (RE2): look-around "(?<!" is not part of it`,
		strings.Repeat("(a{1000}){9}", 2): "",
	} {
		if _, err := Pattern(pattern, false); err == nil || want != "" && err.Error() != want {
			t.Errorf("%.40s: got %v, want %s", pattern, err, want)
		}
	}
}
