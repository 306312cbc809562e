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

// pattern compiles a regular expression (RE2). A whole one matches the whole text, as Java's
// String.matches does.
func pattern(text string, whole bool) (*regexp.Regexp, error) {
	if whole {
		if _, err := regexp.Compile(text); err != nil {
			return nil, patternError(text, err)
		}
		return regexp.MustCompile(`\A(?:` + text + `)\z`), nil
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, patternError(text, err)
	}
	return re, nil
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

// regular gives the regular expression of an operand: a constant is compiled once, here.
func (c *compiler) regular(n *node, whole bool) func(s *state, v Value) (*regexp.Regexp, error) {
	if n.op == opLiteral && n.value.kind == Text {
		re, err := pattern(n.value.text, whole)
		if err != nil {
			c.fail(n.offset, "%v", err)
		}
		return func(*state, Value) (*regexp.Regexp, error) { return re, nil }
	}
	return func(s *state, v Value) (*regexp.Regexp, error) {
		if v.kind != Text {
			return nil, fmt.Errorf("a regular expression is a text, not %s", v.kind)
		}
		if len(v.text) > maxPattern {
			return nil, fmt.Errorf("the regular expression is longer than %d bytes", maxPattern)
		}
		s.steps += 100 + len(v.text) // what compiling costs
		if err := s.step(); err != nil {
			return nil, err
		}
		return pattern(v.text, whole)
	}
}

// matches compiles the operator: the whole text must match.
func (c *compiler) matches(n *node) (eval, *shape) {
	operands, shapes := c.operands(n.args)
	for _, s := range shapes {
		if !s.may(Text) {
			c.fail(n.offset, "matches wants texts, not %s", s.kind)
		}
	}
	regular := c.regular(n.args[1], true)
	return func(s *state) (Value, error) {
		text, err := operands[0](s)
		if err != nil {
			return Value{}, err
		}
		right, err := operands[1](s)
		if err != nil {
			return Value{}, err
		}
		if text.kind != Text {
			return Value{}, at(n.offset, fmt.Errorf("matches wants texts, not %s", text.kind))
		}
		re, err := regular(s, right)
		if err == nil {
			err = s.look(len(text.text))
		}
		if err != nil {
			return Value{}, at(n.offset, err)
		}
		return BoolValue(re.MatchString(text.text)), nil
	}, boolShape
}
