// Package pattern matches texts against the regular expressions of schemas (RE2 syntax).
package pattern

import (
	"regexp"
	"regexp/syntax"
)

// Matcher is a compiled pattern. Safe for concurrent use.
type Matcher interface {
	Match(text []byte) bool
}

// Compile prepares a pattern; the error is that of package regexp.
//
// It prefers a run of character classes to an automaton where both are the same: most
// patterns of documents are such runs, and they are some ten times faster.
func Compile(pattern string) (Matcher, error) {
	r, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	if s, ok := parseRun(pattern); ok {
		return s, nil
	}
	return r, nil
}

// classes is an anchored pattern such as "^[A-Z]{3}-[0-9]+$".
type classes struct {
	steps []step
	end   bool // the text must end after the last step
}

// step is a number of characters of one class.
type step struct {
	in       *[256]bool // by byte; bytes beyond ASCII are all in or all out
	min, max int        // max -1: any number
}

// Match reads each step as far as it goes, which is right because parseRun refuses patterns in
// which a step could leave characters to the next one.
func (p *classes) Match(text []byte) bool {
	i := 0
	for _, s := range p.steps {
		limit := len(text)
		if s.max >= 0 && i+s.max < limit {
			limit = i + s.max
		}
		first := i
		for i < limit && s.in[text[i]] {
			i++
		}
		if i-first < s.min {
			return false
		}
	}
	return !p.end || i == len(text)
}

// parseRun reads a pattern as classes; false when it is something else.
func parseRun(pattern string) (*classes, bool) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || tree.Op != syntax.OpConcat || tree.Sub[0].Op != syntax.OpBeginText {
		return nil, false
	}
	parts, p := tree.Sub[1:], new(classes)
	if last := len(parts) - 1; last >= 0 && parts[last].Op == syntax.OpEndText {
		parts, p.end = parts[:last], true
	}
	for _, part := range parts {
		steps, ok := stepsOf(part)
		if !ok {
			return nil, false
		}
		p.steps = append(p.steps, steps...)
	}
	return p, p.forced()
}

func stepsOf(part *syntax.Regexp) ([]step, bool) {
	s := step{min: 1, max: 1}
	class := part
	switch part.Op {
	case syntax.OpLiteral:
		return literalSteps(part)
	case syntax.OpStar:
		s.min, s.max, class = 0, -1, part.Sub[0]
	case syntax.OpPlus:
		s.max, class = -1, part.Sub[0]
	case syntax.OpQuest:
		s.min, class = 0, part.Sub[0]
	case syntax.OpRepeat:
		s.min, s.max, class = part.Min, part.Max, part.Sub[0]
	}
	var wide, ok bool
	if s.in, wide, ok = classOf(class); !ok {
		return nil, false
	}
	// A character beyond ASCII has several bytes: it cannot be counted here.
	if wide && (s.min > 1 || s.max >= 0) {
		return nil, false
	}
	return []step{s}, true
}

func literalSteps(part *syntax.Regexp) ([]step, bool) {
	if part.Flags&syntax.FoldCase != 0 {
		return nil, false
	}
	var steps []step
	for _, b := range []byte(string(part.Rune)) {
		in := new([256]bool)
		in[b] = true
		steps = append(steps, step{in, 1, 1})
	}
	return steps, true
}

// classOf is the set of bytes of a class; wide: it has every character beyond ASCII.
func classOf(class *syntax.Regexp) (in *[256]bool, wide, ok bool) {
	ranges := class.Rune
	switch {
	case class.Op == syntax.OpAnyChar:
		ranges = []rune{0, 0x10FFFF}
	case class.Op == syntax.OpAnyCharNotNL:
		ranges = []rune{0, '\n' - 1, '\n' + 1, 0x10FFFF}
	case class.Op == syntax.OpLiteral && len(ranges) == 1 && class.Flags&syntax.FoldCase == 0:
		ranges = []rune{ranges[0], ranges[0]}
	case class.Op != syntax.OpCharClass:
		return nil, false, false
	}
	in = new([256]bool)
	for i := 0; i < len(ranges); i += 2 {
		low, high := ranges[i], ranges[i+1]
		if high > 0x7F {
			if high != 0x10FFFF || low > 0x80 {
				return nil, false, false
			}
			wide, high = true, 0xFF
		}
		for b := low; b <= high; b++ {
			in[b] = true
		}
	}
	return in, wide, true
}

// forced reports whether reading each step as far as it goes is the only way to match: a step of
// variable length shares no character with what may follow it.
func (p *classes) forced() bool {
	for i, s := range p.steps {
		if s.min == s.max {
			continue
		}
		for _, next := range p.steps[i+1:] {
			if overlap(s.in, next.in) {
				return false
			}
			if next.min > 0 {
				break
			}
		}
	}
	return true
}

func overlap(a, b *[256]bool) bool {
	for i := range a {
		if a[i] && b[i] {
			return true
		}
	}
	return false
}
