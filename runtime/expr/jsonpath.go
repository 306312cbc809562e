package expr

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
)

// pathStep is one step of a JSON path.
type pathStep struct {
	name  string
	index int
	what  stepKind
	deep  bool // ..: at any depth
}

type stepKind uint8

const (
	stepName stepKind = iota
	stepIndex
	stepAll
)

// jsonPath compiles #jsonPath(text, path), after RFC 9535: $, .name, ['name'], [n], [*], .* and
// .. before them; no filters, slices and unions. A path to one value gives it, or null where
// there is none; a path with * or .. gives a list.
func (c *compiler) jsonPath(n *syntax.Node) (eval, *shape) {
	if len(n.Args) != 2 {
		c.fail(n.Offset, "#jsonPath takes 2 arguments, not %d", len(n.Args))
		return failing, anyShape
	}
	operands, shapes := c.operands(n.Args)
	if !shapes[0].may(Text, List, Map) {
		c.fail(n.Args[0].Offset, "#jsonPath reads a text, not %s", shapes[0].kind)
	}
	if !shapes[1].may(Text) {
		c.fail(n.Args[1].Offset, "a JSON path is a text, not %s", shapes[1].kind)
	}
	var constant []pathStep
	isConstant := n.Args[1].Op == syntax.OpText
	if isConstant {
		steps, err := parsePath(n.Args[1].Text)
		if err != nil {
			c.fail(n.Args[1].Offset, "%v", err)
		}
		constant = steps
	}
	return func(s *state) (Value, error) {
		list, err := s.values(operands)
		if err != nil {
			return Value{}, err
		}
		steps := constant
		if !isConstant {
			if steps, err = s.path(list[1]); err != nil {
				return Value{}, at(n.Offset, err)
			}
		}
		v, err := s.follow(list[0], steps)
		return v, placed(n.Offset, err)
	}, anyShape
}

func (s *state) path(v Value) ([]pathStep, error) {
	if v.kind != Text {
		return nil, fmt.Errorf("a JSON path is a text, not %s", v.kind)
	}
	if err := s.take(len(v.text)); err != nil {
		return nil, err
	}
	steps, err := parsePath(v.text)
	if err != nil {
		return nil, errors.New("the text is no JSON path")
	}
	return steps, nil
}

// follow reads a path; a text is read as JSON first.
func (s *state) follow(v Value, steps []pathStep) (Value, error) {
	if v.kind == Text {
		if err := s.look(len(v.text)); err != nil {
			return Value{}, err
		}
		if err := s.take(len(v.text)); err != nil {
			return Value{}, err
		}
		read, err := JSONValue([]byte(v.text))
		if err != nil {
			return Value{}, err
		}
		v = read
	}
	found, many := []Value{v}, false
	for _, step := range steps {
		many = many || step.deep || step.what == stepAll
		var next []Value
		for _, v := range found {
			if err := s.one(&next, v, step); err != nil {
				return Value{}, err
			}
		}
		found = next
	}
	switch {
	case many:
		return ListValue(found), nil
	case len(found) == 0:
		return Value{}, nil
	}
	return found[0], nil
}

// one adds what one step finds in one value.
func (s *state) one(found *[]Value, v Value, step pathStep) error {
	if err := s.step(); err != nil {
		return err
	}
	add := func(v Value) error {
		*found = append(*found, v)
		return s.take(itemBytes)
	}
	children := childrenOf(v)
	var err error
	switch step.what {
	case stepName:
		if v.kind == Map {
			if item, ok := v.mapping().Get(step.name); ok {
				err = add(item)
			}
		}
	case stepIndex:
		i := step.index
		if i < 0 {
			i += v.length()
		}
		if v.kind == List && i >= 0 && i < v.length() {
			err = add(v.item(i))
		}
	case stepAll:
		for _, item := range children {
			if err == nil {
				err = add(item)
			}
		}
	}
	if !step.deep {
		return err
	}
	for _, item := range children {
		if err == nil {
			err = s.one(found, item, step)
		}
	}
	return err
}

func childrenOf(v Value) []Value {
	var list []Value
	switch v.kind {
	case List:
		for i := range v.length() {
			list = append(list, v.item(i))
		}
	case Map:
		for _, k := range v.mapping().Keys() {
			item, _ := v.mapping().Get(k)
			list = append(list, item)
		}
	}
	return list
}

// parsePath reads the text of a JSON path.
func parsePath(text string) ([]pathStep, error) {
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return nil, errors.New("a JSON path starts with $")
	}
	var steps []pathStep
	for rest != "" {
		var step pathStep
		var err error
		step, rest, err = parseStep(rest)
		if err != nil {
			return nil, fmt.Errorf("JSON path %q: %w", shortened(text), err)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

func parseStep(rest string) (step pathStep, after string, err error) {
	if after, ok := strings.CutPrefix(rest, ".."); ok {
		step.deep = true
		rest = after
		if !strings.HasPrefix(rest, "[") {
			rest = "." + rest
		}
	}
	switch rest[0] {
	case '.':
		rest = rest[1:]
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			end = len(rest)
		}
		step.name = rest[:end]
		if step.name == "*" {
			step.what = stepAll
		} else if step.name == "" || strings.ContainsAny(step.name, "()?@, '\"]*") {
			return step, "", fmt.Errorf("%q is no name", step.name)
		}
		return step, rest[end:], nil
	case '[':
		return parseBracket(step, rest[1:])
	}
	return step, "", errors.New("a step starts with . or [")
}

func parseBracket(step pathStep, rest string) (pathStep, string, error) {
	if rest != "" && (rest[0] == '\'' || rest[0] == '"') {
		end := strings.IndexByte(rest[1:], rest[0])
		if end >= 0 && strings.HasPrefix(rest[end+2:], "]") {
			step.name = rest[1 : end+1]
			return step, rest[end+3:], nil
		}
		return step, "", errors.New(`a name in [ ] ends with its quote and "]"`)
	}
	inside, after, closed := strings.Cut(rest, "]")
	if !closed {
		return step, "", errors.New(`"]" is missing`)
	}
	if inside == "*" {
		step.what = stepAll
		return step, after, nil
	}
	i, err := strconv.Atoi(inside)
	if err != nil {
		return step, "", fmt.Errorf("[%s] is not part of the language: write a number, a name in quotes or *", inside)
	}
	step.what, step.index = stepIndex, i
	return step, after, nil
}
