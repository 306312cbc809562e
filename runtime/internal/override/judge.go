package override

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/topics"
	"github.com/penstock-dev/penstock/runtime/jaas"
	"github.com/penstock-dev/penstock/schema"
)

// requested says whether the value of a property can be what a request chose.
func (c *Configuration) requested(w *decision, i int) bool {
	switch w.from[i] {
	case attribute:
		return c.freedom.overrides[i]
	case computed:
		return c.slots[i].depends
	}
	return false
}

// judge refuses a value that a request chose and must not.
func (c *Configuration) judge(p property, v value) error {
	entries := c.in.Allow[p.name]
	switch {
	case len(schema.Governed(p.name)) == 0, p.name == schema.TopicPatterns: // a pattern is judged when it is compiled
		return nil
	case p.list:
		return judgeTopics(p.name, v.list, entries)
	case p.name == schema.Brokers:
		return judgeBrokers(v.text, entries)
	case p.name == schema.JaasConfig:
		return c.judgeLogin(v.text, entries)
	case schema.Allowed(entries, v.text):
		return nil
	case p.secret:
		return notAllowed(p.name + ": the value is not allowed")
	}
	return notAllowed(fmt.Sprintf("%s: %q is not allowed", p.name, shortened(v.text, maxShown)))
}

// mostTopics is how many topics one request may choose: a header has room for thousands, and each of
// them costs Kafka.
var mostTopics = map[string]int{schema.ProducerTopics: 100, schema.ConsumerTopics: 1000}

// judgeTopics refuses names that a request chose: too many, illegal ones, internal ones, and those
// that no entry has.
func judgeTopics(property string, names, entries []string) error {
	if most, bounded := mostTopics[property]; bounded && len(names) > most {
		return notAllowed(fmt.Sprintf("%s: a request may choose %d topics, not %d", property, most, len(names)))
	}
	for _, name := range names {
		if err := usable(name); err != nil {
			return notAllowed(fmt.Sprintf("%s: %s", property, err))
		}
		if !schema.Allowed(entries, name) {
			return notAllowed(fmt.Sprintf("%s: %q is not allowed", property, shortened(name, maxShown)))
		}
	}
	return nil
}

// usable says why a topic cannot be one that a gateway reads or writes.
func usable(name string) error {
	if err := topics.Check(name); err != nil {
		return err
	}
	if topics.Internal(name) {
		return fmt.Errorf("topic %q is internal to Kafka", name)
	}
	return nil
}

// judgeBrokers wants an entry for the whole list, or one for each broker: a prefix of the list
// says nothing about the brokers after the first.
func judgeBrokers(list string, entries []string) error {
	for _, entry := range entries {
		if entry == list {
			return nil
		}
	}
	for broker := range strings.SplitSeq(list, ",") {
		if broker = strings.TrimSpace(broker); !schema.Allowed(entries, broker) {
			return notAllowed(fmt.Sprintf("%s: %q is not allowed", schema.Brokers, shortened(broker, maxShown)))
		}
	}
	return nil
}

// judgeLogin judges the options that requests choose and that are not their own credentials.
func (c *Configuration) judgeLogin(text string, entries []string) error {
	if len(c.freedom.options) == 0 {
		return nil
	}
	logins, err := jaas.Parse(text)
	if err != nil {
		return invalid(fmt.Errorf("%s: %w", schema.JaasConfig, err))
	}
	for _, login := range logins {
		for _, option := range login.Options {
			if c.freedom.options[option.Name] && !schema.Allowed(entries, option.Value()) {
				return notAllowed(fmt.Sprintf("%s: the value of option %s is not allowed", schema.JaasConfig, option.Name))
			}
		}
	}
	return nil
}

// within keeps a pattern that a request chose within its entries: topics outside never match.
func within(p *qos.Pattern, entries []string) (*qos.Pattern, error) {
	compiled, err := regexp.Compile(p.Text)
	if err != nil {
		return nil, invalid(fmt.Errorf("%s: %w", schema.TopicPatterns, err))
	}
	prefix, whole := compiled.LiteralPrefix()
	if whole && !schema.Allowed(entries, prefix) || !whole && !leads(prefix, entries) {
		return nil, notAllowed(fmt.Sprintf("%s: %q is not allowed", schema.TopicPatterns, shortened(p.Text, maxShown)))
	}
	match := p.Match
	return &qos.Pattern{ // with its entries, "*" too: a text that a request wrote is never that of another pattern
		Text:  fmt.Sprintf("%s within %q", p.Text, entries),
		Match: func(name string) bool { return schema.Allowed(entries, name) && match(name) },
	}, nil
}

// leads says whether a name that begins with a prefix can match an entry.
func leads(prefix string, entries []string) bool {
	for _, entry := range entries {
		start, open := strings.CutSuffix(entry, "*")
		if strings.HasPrefix(start, prefix) || open && strings.HasPrefix(prefix, start) {
			return true
		}
	}
	return false
}

// maxShown is how much of a value an answer repeats, in bytes.
const maxShown = 100

// shortened cuts a text at a whole character.
func shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}

func notAllowed(detail string) error {
	return &core.Error{Code: core.CodeNotAllowed, Op: opEvaluate, Detail: detail}
}
