package expr

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/quick"
)

// quoted writes a text as a literal.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func check(t *testing.T, property any) {
	t.Helper()
	if err := quick.Check(property, nil); err != nil {
		t.Error(err)
	}
}

func TestProperties(t *testing.T) {
	scope := exampleScope(t)
	is := func(format string, args ...any) bool {
		text := "{(" + fmt.Sprintf(format, args...) + ")}"
		got := outcome(text, Request, scope)
		if got != "true" {
			t.Logf("%s gave %s", text, got)
		}
		return got == "true"
	}
	check(t, func(a, b string) bool {
		return is("%s + %s == %s", quoted(a), quoted(b), quoted(a+b)) &&
			is("%s.contains(%s) == %v", quoted(a+b), quoted(b), true) &&
			is("(%s == %s) == %v", quoted(a), quoted(b), a == b) &&
			is("(%s < %s) == (%s > %s)", quoted(a), quoted(b), quoted(b), quoted(a))
	})
	check(t, func(a, b, c int32) bool {
		sum := int64(a) + int64(b)
		return is("%d + %d == %d", a, b, sum) &&
			is("%d * %d + %d == %d", a, b, c, int64(a)*int64(b)+int64(c)) &&
			is("(%d < %d) != (%d >= %d)", a, b, a, b)
	})
	check(t, func(a, b int32) bool {
		return b == 0 || is("%d / %d * %d + %d %% %d == %d", a, b, b, a, b, a)
	})
	check(t, func(a, b, c bool) bool {
		return is("(!(%v && %v)) == (!%v || !%v)", a, b, a, b) &&
			is("(%v or %v and %v) == %v", a, b, c, a || b && c) &&
			is("(%v ? 1 : 2) == %d", a, map[bool]int{true: 1, false: 2}[a])
	})
}

// TestLiteralTextStays: text without a part is given as it is.
func TestLiteralTextStays(t *testing.T) {
	check(t, func(a string) bool {
		if strings.ContainsAny(a, "{") {
			return true
		}
		return outcome(a+"{ x }"+a, Request, nil) == show(TextValue(a+"{ x }"+a))
	})
}

// TestArithmeticOfRandomTrees compares the parser's precedence with a tree that was computed
// while it was written.
func TestArithmeticOfRandomTrees(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var tree func(depth int) (text string, value float64, power int)
	tree = func(depth int) (string, float64, int) {
		if depth == 0 {
			n := random.IntN(9) + 1
			return fmt.Sprintf("%d.0", n), float64(n), 3
		}
		a, x, p := tree(depth - 1)
		b, y, q := tree(depth - 1)
		op := "+-*/"[random.IntN(4)]
		power := map[byte]int{'+': 1, '-': 1, '*': 2, '/': 2}[op]
		if p < power {
			a = "(" + a + ")"
		}
		if q <= power {
			b = "(" + b + ")"
		}
		value := map[byte]float64{'+': x + y, '-': x - y, '*': x * y, '/': x / y}[op]
		return a + " " + string(op) + " " + b, value, power
	}
	for range 300 {
		text, want, _ := tree(1 + random.IntN(4))
		if math.IsNaN(want) {
			continue
		}
		if got := outcome("{("+text+")}", Request, nil); got != show(FloatValue(want)) {
			t.Errorf("%s: got %s, want %s", text, got, show(FloatValue(want)))
		}
	}
}
