package override

import (
	"errors"
	"slices"

	"github.com/penstock-dev/penstock/schema"
)

// readsSecret says whether the expression of a property reads a secret: then the value is not
// shown, whatever property it is of.
func (c *Configuration) readsSecret(i int) bool {
	s := c.slots[i]
	return s != nil && slices.ContainsFunc(s.parts(), func(p *part) bool { return p.Uses("secrets") })
}

// readsSecretAt is readsSecret of the property at a pointer.
func (c *Configuration) readsSecretAt(pointer string) bool {
	i, known := indexes()[schema.PropertyAt(pointer)]
	return known && c.readsSecret(i)
}

// hiddenValue is what is said of a value that a secret gave.
const hiddenValue = "the value is not usable; it is not shown, because its expression reads a secret"

// discreet are issues that hold no value of a secret.
func (c *Configuration) discreet(issues []schema.Issue) []schema.Issue {
	for i := range issues {
		if c.readsSecretAt(issues[i].Pointer) {
			issues[i].Message, issues[i].Suggestion = hiddenValue, ""
		}
	}
	return issues
}

// discreetTarget is an error about brokers and security, without the brokers that a secret gave.
func (c *Configuration) discreetTarget(err error) error {
	if c.readsSecret(indexes()[schema.Brokers]) {
		return errors.New(schema.Brokers + ": " + hiddenValue)
	}
	return err
}
