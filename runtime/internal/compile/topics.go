package compile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/topics"
)

// topics compiles how a direction finds its topics: the endpoint's list, else the topic that the
// document names, whose parameters come from the path.
func (c *compiler) topics(side string, list []string) func(map[string]string) ([]string, error) {
	enums := c.enums()
	if len(list) > 0 {
		names := slices.Compact(slices.Sorted(slices.Values(list)))
		if err := legal(names); err != nil {
			c.fail(fmt.Errorf("%s.topics: %w", side, err))
		}
		return checked(enums, func(map[string]string) ([]string, error) { return names, nil })
	}
	if c.d.Topic.Template == "" {
		c.fail(fmt.Errorf("%s.topics is missing: neither the endpoint nor the document names a topic", side))
		return nil
	}
	template, err := topics.Parse(c.d.Topic)
	if err != nil {
		c.fail(err)
		return nil
	}
	return checked(enums, template.Fill)
}

func legal(names []string) error {
	var problems []error
	for _, name := range names {
		switch err := topics.Check(name); {
		case err != nil:
			problems = append(problems, err)
		case topics.Internal(name):
			problems = append(problems, fmt.Errorf("topic %q is internal to Kafka", name))
		}
	}
	return errors.Join(problems...)
}

// enums are the path parameters that have an enumeration.
func (c *compiler) enums() []endpoint.Param {
	var enums []endpoint.Param
	for _, e := range c.d.Entrypoints {
		for _, p := range e.Params {
			same := func(other endpoint.Param) bool { return other.Name == p.Name }
			if p.Enum != nil && !slices.ContainsFunc(enums, same) {
				enums = append(enums, p)
			}
		}
	}
	return enums
}

// checked refuses path parameters that are not in their enumeration, also those that no topic
// is made of.
func checked(enums []endpoint.Param, next func(map[string]string) ([]string, error)) func(map[string]string) ([]string, error) {
	if len(enums) == 0 {
		return next
	}
	return func(params map[string]string) ([]string, error) {
		for _, p := range enums {
			if value, given := params[p.Name]; given && !slices.Contains(p.Enum, value) {
				return nil, core.NewError(core.CodeInvalidRequest,
					fmt.Sprintf("path parameter %q is not one of %s", p.Name, strings.Join(p.Enum, ", ")))
			}
		}
		return next(params)
	}
}
