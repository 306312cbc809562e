package expr

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// maxPattern is the length of a regular expression that is known only at run time, in bytes.
const maxPattern = 1 << 10

// matcher is a compiled regular expression with what it costs.
type matcher struct {
	*regexp.Regexp
	size int // instructions of its program; 0 where it is a plain text
}

// pattern compiles a regular expression (RE2). A whole one matches the whole text, as Java's
// String.matches does.
func pattern(text string, whole bool) (*matcher, error) {
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
	return &matcher{re, size}, nil
}

// cost is how many steps it takes to look through a text once: the time grows with the product
// of both sizes.
func (m *matcher) cost(text string) int { return 1 + len(text)>>10 + len(text)*m.size>>12 }

// all finds the places of a text that match, from left to right. Each search may look through the
// rest of the text.
func (m *matcher) all(s *state, text string) ([][]int, error) {
	cost, most := 0, maxPieces
	if m.size > 0 {
		cost = m.cost(text)
		most = min(most, (maxSteps-s.steps)/cost)
	}
	places := m.FindAllStringIndex(text, most+1)
	switch s.steps += len(places) * cost; {
	case len(places) > maxPieces:
		return nil, errBytes
	case len(places) > most:
		return nil, errSteps
	}
	return places, s.work(m, text)
}

// work counts one look through a text.
func (s *state) work(m *matcher, text string) error {
	s.steps += m.cost(text)
	return s.step()
}

func patternError(text string, err error) error {
	for _, look := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.Contains(text, look) {
			return fmt.Errorf("not a regular expression (RE2): look-around %q is not part of it", look)
		}
	}
	var parse *syntax.Error
	if errors.As(err, &parse) {
		return fmt.Errorf("not a regular expression (RE2): %s: %q", parse.Code, shortened(parse.Expr))
	}
	return fmt.Errorf("not a regular expression (RE2): %w", err)
}
