package schema

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// MaxTopicPattern bounds the text of a topic pattern, in bytes. A name has at most 249.
const MaxTopicPattern = 1000

// TopicPattern compiles the text of consumer.topicPattern. The expression matches whole names.
//
// It refuses what Java's regular expressions have and RE2 has not, and what both read but
// understand differently. An error is one plain sentence for the author, with the position where
// it is known, counted in characters from 1, and what to write instead where there is something.
func TopicPattern(text string) (*regexp.Regexp, error) {
	switch {
	case text == "":
		return nil, errors.New("the pattern is empty")
	case len(text) > MaxTopicPattern:
		return nil, fmt.Errorf("the pattern is longer than %d bytes", MaxTopicPattern)
	}
	s := patternScan{text: text}
	if err := s.run(); err != nil {
		return nil, err
	}
	// Alone first: "a)|(?:b" would pass within the group.
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, notRE2(text, err)
	}
	if steps(tree) > maxSteps {
		return nil, fmt.Errorf("the pattern is too large: its counted repetitions make more than %d steps of it", maxSteps)
	}
	if s.quoting {
		text += `\E`
	}
	whole, err := regexp.Compile(`\A(?:` + text + `)\z`)
	if err != nil {
		return nil, notRE2(text, err)
	}
	return whole, nil
}

// maxSteps bounds what a pattern is compiled to: requests may choose patterns, and a few counted
// repetitions would cost a second.
const maxSteps = 2000

// steps is about the number of instructions of an expression.
func steps(tree *syntax.Regexp) int {
	n := 1 + len(tree.Rune)
	if tree.Op == syntax.OpCharClass {
		n = 1
	}
	for _, sub := range tree.Sub {
		n += steps(sub)
	}
	if tree.Op == syntax.OpRepeat {
		n *= max(tree.Min, tree.Max, 1)
	}
	return n
}

// notRE2 says what the parser of the standard library found.
func notRE2(text string, err error) error {
	var parse *syntax.Error
	if !errors.As(err, &parse) {
		return fmt.Errorf("not a regular expression (RE2): %w", err)
	}
	if at := strings.Index(text, parse.Expr); at > 0 && strings.Count(text, parse.Expr) == 1 {
		return fmt.Errorf("not a regular expression (RE2): %s: %s at character %d", parse.Code, parse.Expr, character(text, at))
	}
	return fmt.Errorf("not a regular expression (RE2): %s: %s", parse.Code, parse.Expr)
}

func character(text string, at int) int { return utf8.RuneCountInString(text[:at]) + 1 }

// patternScan looks for what only Java knows. It understands as much of the syntax as it needs to
// tell a group from a literal parenthesis.
type patternScan struct {
	text    string
	at      int
	inClass bool
	quoting bool // the text ends within \Q…\E
}

func (s *patternScan) run() error {
	for s.at < len(s.text) {
		next := s.outside
		switch {
		case s.text[s.at] == '\\':
			next = s.escape
		case s.inClass:
			next = s.inside
		}
		if err := next(); err != nil {
			return err
		}
	}
	return nil
}

// fail names what stands at the position of the scan.
func (s *patternScan) fail(what, why string) error {
	return fmt.Errorf("%s at character %d %s", what, character(s.text, s.at), why)
}

const (
	notLinear  = "does not exist in RE2, whose time is linear"
	notBack    = "does not exist in RE2, which never goes back"
	notThere   = "does not exist in RE2"
	otherSense = "means something else in RE2"
)

// groups are the openings of groups that only Java has.
var groups = []struct{ open, what, why string }{
	{"(?=", "look-ahead (?=…)", notLinear + ": list the topics, or write one pattern for the whole name"},
	{"(?!", "look-ahead (?!…)", notLinear + ": list the topics, or write what matches instead of what does not"},
	{"(?<=", "look-behind (?<=…)", notLinear + ": list the topics, or write one pattern for the whole name"},
	{"(?<!", "look-behind (?<!…)", notLinear + ": list the topics, or write what matches instead of what does not"},
	{"(?>", "the atomic group (?>…)", notBack + ": write (?:…)"},
}

// outside reads what is neither escaped nor in a class.
func (s *patternScan) outside() error {
	rest := s.text[s.at:]
	for _, g := range groups {
		if strings.HasPrefix(rest, g.open) {
			return s.fail(g.what, g.why)
		}
	}
	switch {
	case strings.HasPrefix(rest, "(?"):
		s.at += 2
		return nil
	case rest[0] == '[':
		s.inClass = true
		s.at++
		for _, first := range []string{"^", "]"} { // a bracket that comes first is literal
			if strings.HasPrefix(s.text[s.at:], first) {
				s.at++
			}
		}
		return nil
	}
	n := quantifier(rest)
	if n > 0 && strings.HasPrefix(rest[n:], "+") {
		return s.fail("the possessive quantifier "+rest[:n+1], notBack+": write "+rest[:n])
	}
	s.at += max(n, 1)
	return nil
}

var counted = regexp.MustCompile(`^\{\d+(,\d*)?\}`)

// quantifier is the length of the quantifier that a text begins with, 0 for none.
func quantifier(text string) int {
	if strings.ContainsRune("*+?", rune(text[0])) {
		return 1
	}
	return len(counted.FindString(text))
}

// inside reads within a class.
func (s *patternScan) inside() error {
	rest := s.text[s.at:]
	switch {
	case strings.HasPrefix(rest, "&&"):
		return s.fail("an intersection of classes (&&)", notThere+": write one class of the characters that are left")
	case strings.HasPrefix(rest, "[:"):
		s.at += 2 + max(strings.Index(rest[2:], ":]")+2, 0)
		return nil
	case rest[0] == '[':
		return s.fail("a class within a class", otherSense+": write one class, such as [a-cx-z]")
	case rest[0] == ']':
		s.inClass = false
	}
	s.at++
	return nil
}

// named are the classes of Java that RE2 writes in another way.
var named = regexp.MustCompile(`^\\p\{(Lower|Upper|ASCII|Alpha|Digit|Alnum|Punct|Graph|Print|Blank|Cntrl|XDigit|Space)\}`)

// escape reads what a backslash begins.
func (s *patternScan) escape() error {
	rest := s.text[s.at:]
	if len(rest) == 1 {
		s.at++
		return nil
	}
	switch c := rest[1]; {
	case c == 'Q':
		end := strings.Index(rest, `\E`)
		if s.quoting = end < 0; s.quoting {
			s.at = len(s.text)
			return nil
		}
		s.at += end + 2
		return nil
	case c >= '1' && c <= '9', c == 'k':
		return s.fail("the back-reference "+rest[:2], notLinear+": write out what it repeats")
	case c == 'Z', c == 'G':
		return s.fail(rest[:2], notThere+": leave it out, for a pattern matches the whole name anyway")
	}
	if m := named.FindStringSubmatch(rest); m != nil {
		class := "[:" + strings.ToLower(m[1]) + ":]"
		return s.fail(m[0], notThere+": write ["+class+"], or "+class+" within a class")
	}
	s.at += 2
	return nil
}
