// Package jsonpath reads paths into JSON, after RFC 9535: $, .name, ['name'], [n], [*], .* and ..
// before them; no filters, slices and unions.
package jsonpath

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// Step is one step of a JSON path.
type Step struct {
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

// Parse reads the text of a path. Errors show it: it stands in a configuration.
func Parse(text string) ([]Step, error) {
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return nil, errors.New("a JSON path starts with $")
	}
	var steps []Step
	for rest != "" {
		var step Step
		var err error
		step, rest, err = parseStep(rest)
		if err != nil {
			return nil, fmt.Errorf("JSON path %q: %w", bounds.Shorten(text), err)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

func parseStep(rest string) (step Step, after string, err error) {
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

func parseBracket(step Step, rest string) (Step, string, error) {
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

// Of parses a path that was computed: errors hold no part of it.
func Of(budget *bounds.Budget, v value.Value) ([]Step, error) {
	if v.Kind() != value.Text {
		return nil, fmt.Errorf("a JSON path is a text, not %s", v.Kind())
	}
	if err := budget.Take(len(value.AsText(v))); err != nil {
		return nil, err
	}
	steps, err := Parse(value.AsText(v))
	if err != nil {
		return nil, errors.New("the text is no JSON path")
	}
	return steps, nil
}
