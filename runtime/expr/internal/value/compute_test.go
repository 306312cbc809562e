package value

import (
	"math"
	"testing"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
)

func TestWhole(t *testing.T) {
	for _, c := range []struct {
		op   string
		x, y int64
		want string
	}{
		{"+", math.MaxInt64, 0, "9223372036854775807"},
		{"+", math.MaxInt64, 1, "the number is beyond 64 bits"},
		{"+", math.MinInt64, -1, "the number is beyond 64 bits"},
		{"-", 0, math.MinInt64, "the number is beyond 64 bits"},
		{"-", math.MinInt64, 1, "the number is beyond 64 bits"},
		{"*", math.MinInt64, -1, "the number is beyond 64 bits"},
		{"*", -1, math.MinInt64, "the number is beyond 64 bits"},
		{"*", 0, math.MinInt64, "0"},
		{"/", math.MinInt64, -1, "the number is beyond 64 bits"},
		{"/", -7, 2, "-3"},
		{"/", 1, 0, "division by zero"},
		{"%", -7, 2, "-1"},
		{"%", math.MinInt64, -1, "0"},
		{"%", 1, 0, "division by zero"},
	} {
		v, err := Whole(c.op, c.x, c.y)
		got := show(v)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%d %s %d: got %s, want %s", c.x, c.op, c.y, got, c.want)
		}
	}
}

func TestFloatText(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0.0", 3: "3.0", 0.001: "0.001", 0.00099: "9.9E-4", 9999999: "9999999.0", 1e7: "1.0E7", -1.5e10: "-1.5E10",
		math.Inf(1): "Infinity", math.Inf(-1): "-Infinity", math.MaxFloat64: "1.7976931348623157E308",
	} {
		if got := floatText(f); got != want {
			t.Errorf("%v: got %s, want %s", f, got, want)
		}
	}
	if got := floatText(math.NaN()); got != "NaN" {
		t.Errorf("got %s", got)
	}
}

func TestEqual(t *testing.T) {
	list := func(x ...any) Value { return Of(x) }
	for name, c := range map[string]struct {
		a, b Value
		want bool
	}{
		"numbers of two kinds": {OfInt(1), OfFloat(1), true},
		"large whole numbers":  {OfInt(math.MaxInt64), OfInt(math.MaxInt64 - 1), false},
		"a text and a number":  {OfText("1"), OfInt(1), false},
		"null":                 {Value{}, Value{}, true},
		"lists of two forms":   {OfTexts([]string{"a"}), list("a"), true},
		"longer list":          {OfTexts([]string{"a"}), list("a", "b"), false},
		"maps":                 {Of(map[string]any{"a": 1}), Of(map[string]any{"a": 1.0}), true},
		"other keys":           {Of(map[string]any{"a": nil}), Of(map[string]any{"b": nil}), false},
	} {
		if got, err := Equal(new(bounds.Budget), c.a, c.b); got != c.want || err != nil {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		a, b Value
		want int
		err  string
	}{
		"numbers":   {OfInt(2), OfFloat(1.5), 1, ""},
		"texts":     {OfText("10"), OfText("9"), -1, ""},
		"booleans":  {OfBool(false), OfBool(true), -1, ""},
		"null":      {Value{}, OfInt(-1), -1, ""},
		"two kinds": {OfText("1"), OfInt(1), 0, "a text and a number have no order"},
		"lists":     {OfTexts([]string{"a"}), OfTexts([]string{"b"}), 0, "a list and a list have no order"},
	} {
		got, err := Compare(c.a, c.b)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%s: got %d, %v", name, got, err)
		}
	}
}

func TestFlag(t *testing.T) {
	for text, want := range map[string]bool{"true": true, "ON": true, "yes": true, "1": true, "False": false, "off": false, "no": false, "0": false} {
		if got, err := Flag(OfText(text)); got != want || err != nil {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	if _, err := Flag(OfText("word")); err == nil || err.Error() != "the text is no boolean" {
		t.Errorf("got %v", err)
	}
}
