package compile

import (
	"errors"
	"fmt"
	"slices"

	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/override"
)

// wrap says which operation an error is about.
func (c *compiler) wrap(err error) error {
	return fmt.Errorf("operation %q of api %q: %w", c.d.Operation, c.d.API, err)
}

// fail adds a problem. One that several endpoints have is one.
func (c *compiler) fail(err error) { c.add(c.wrap(err)) }

func (c *compiler) add(problem error) {
	same := func(other error) bool { return other.Error() == problem.Error() }
	if !slices.ContainsFunc(c.problems, same) {
		c.problems = append(c.problems, problem)
	}
}

// found adds what package override found about an endpoint, or about the attributes: each fault at
// its place.
func (c *compiler) found(name string, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, each := range joined.Unwrap() {
			c.found(name, each)
		}
		return
	}
	var fault *override.Problem
	var invalid *override.Invalid
	var coded *core.Error
	switch {
	case errors.As(err, &fault) && fault.Source != "":
		c.add(&config.Problem{Place: fault.Source, Text: c.wrap(fault.Err).Error()})
	case errors.As(err, &fault):
		c.reportEndpoint(name, fault.Pointer, fault.Err.Error())
	case errors.As(err, &invalid):
		for _, issue := range invalid.Issues {
			c.reportEndpoint(name, issue.Pointer, issue.Message)
		}
	case errors.As(err, &coded) && coded.Code == core.CodeConfigurationInvalid && coded.Err != nil:
		c.fail(coded.Err)
	default:
		c.fail(err)
	}
}
