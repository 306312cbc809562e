package method

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
)

// MaxPattern is the length of a regular expression that is known only at run time, in bytes.
const MaxPattern = 1 << 10

// Matcher is a compiled regular expression with what it costs.
type Matcher struct {
	*regexp.Regexp
	size int // instructions of its program; 0 where it is a plain text
}

// Pattern compiles a regular expression (RE2). A whole one matches the whole text, as Java's
// String.matches does.
func Pattern(text string, whole bool) (*Matcher, error) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, patternError(text, err)
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, patternError(text, err)
	}
	if whole {
		end := `)\z`
		if _, err := syntax.Parse(`(?:`+text+`)`, syntax.Perl); err != nil {
			end = `\E)\z` // the text quotes up to its end, by \Q
		}
		text = `\A(?:` + text + end
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, patternError(text, err)
	}
	size := len(program.Inst)
	if _, plain := re.LiteralPrefix(); plain {
		size = 0
	}
	return &Matcher{re, size}, nil
}

// cost is how many steps it takes to look through a text once: the time grows with the product
// of both sizes.
func (m *Matcher) cost(text string) int { return 1 + len(text)>>10 + len(text)*m.size>>12 }

// all finds the places of a text that match, from left to right. Each search may look through the
// rest of the text.
func (m *Matcher) all(budget *bounds.Budget, text string) ([][]int, error) {
	cost, most := 0, maxPieces
	if m.size > 0 {
		cost = m.cost(text)
		most = min(most, budget.Left()/cost)
	}
	places := m.FindAllStringIndex(text, most+1)
	err := budget.Spend(len(places) * cost)
	switch {
	case len(places) > maxPieces:
		return nil, bounds.ErrBytes
	case err != nil:
		return nil, err
	}
	return places, m.Look(budget, text)
}

// Look counts one look through a text.
func (m *Matcher) Look(budget *bounds.Budget, text string) error {
	return budget.Spend(m.cost(text) + 1)
}

func patternError(text string, err error) error {
	for _, look := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.Contains(text, look) {
			return fmt.Errorf("not a regular expression (RE2): look-around %q is not part of it", look)
		}
	}
	var parse *syntax.Error
	if errors.As(err, &parse) {
		return fmt.Errorf("not a regular expression (RE2): %s: %q", parse.Code, bounds.Shorten(parse.Expr))
	}
	return fmt.Errorf("not a regular expression (RE2): %w", err)
}
