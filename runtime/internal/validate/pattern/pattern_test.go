package pattern_test

import (
	"regexp"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/validate/pattern"
)

// patterns are runs of classes, some of them only almost.
var patterns = []string{
	"^a*ab$", "^a*b$", "^a?b?a?$", "^a?b?c?$", "^a+", "^a{2}$", "^a{1,2}b", "^(?i)ab$", "^[^b]*$", "^[^b]+b$", "^[^b]{2}$", "^.*b$", "^.+$", "^.$", "^é$", "^[é]$",
	"^[a-é]+$", "^(?s).*$", "^a", "^", "$", "^$", "^ab$", "ab", "^a|b$", "^(a)(b)$", "^(?:ab)+$", `^\w+\.\w{1,2}$`, "^a{0,2}b{0,1}a$", "^a*?b$", "^[ab]*c?$", `^\x{10FFFF}$`, "^a\n?$",
}

func TestPatternsAgreeWithRegexp(t *testing.T) {
	texts := []string{"", "é", "aé", "éb", "\n", "a\n", "a.b", "ab.cd", "AB", "aB", "\U0010FFFF"}
	for from, size := 0, 0; size < 5; size++ {
		to := len(texts)
		if size == 0 {
			texts = append(texts, "a", "b", "c")
			from = to
			continue
		}
		for _, text := range texts[from:to] {
			texts = append(texts, text+"a", text+"b", text+"c")
		}
		from = to
	}
	for _, p := range patterns {
		want := regexp.MustCompile(p)
		got, err := pattern.Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if match := got.Match([]byte(text)); match != want.MatchString(text) {
				t.Errorf("%q on %q: %v", p, text, match)
			}
		}
	}
}
