package compile

import (
	"fmt"
	"slices"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/topics"
	"github.com/penstock-dev/penstock/schema"
)

// template parses the topic that the document names, whose parameters come from the path; nil: it
// names none, or the name is wrong.
func (c *compiler) template() *topics.Template {
	if c.d.Topic.Template == "" {
		return nil
	}
	template, err := topics.Parse(c.d.Topic)
	if err != nil {
		c.fail(err)
		return nil
	}
	return template
}

// needsTopics demands that something can name the topics of a direction at every endpoint: its
// object, the document or an attribute.
func (c *compiler) needsTopics(objects []*object, name string, of func(*object) side, properties ...string) {
	if c.d.Topic.Template != "" || c.assigned(false, append(properties, schema.Topics)...) {
		return
	}
	for _, o := range objects {
		if s := of(o); s.Topics == nil && s.TopicPattern == nil {
			c.fail(fmt.Errorf("%s.topics is missing: neither the endpoint nor the document names a topic", name))
		}
	}
}

// assigned says whether an attribute of the document chooses one of some properties; message: one of
// the phase message.
func (c *compiler) assigned(message bool, properties ...string) bool {
	return slices.ContainsFunc(c.d.Attributes, func(a endpoint.Attribute) bool {
		return (a.Message || !message) && slices.Contains(properties, schema.Attribute(a.Name).Property)
	})
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

// distinct leaves each name once, in the order of the list, which stays as it is. A request may choose
// thousands of names.
func distinct(names []string) []string {
	if len(names) < 2 {
		return names
	}
	seen := make(map[string]bool, len(names))
	for i, name := range names {
		if !seen[name] {
			seen[name] = true
			continue
		}
		once := slices.Clone(names[:i])
		for _, name := range names[i:] {
			if !seen[name] {
				seen[name], once = true, append(once, name)
			}
		}
		return once
	}
	return names
}

// legal says why a topic cannot be one that the gateway writes.
func legal(name string) error {
	if err := topics.Check(name); err != nil {
		return err
	}
	if topics.Internal(name) {
		return fmt.Errorf("topic %q is internal to Kafka", name)
	}
	return nil
}
