package override

import (
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/schema"
)

// Names of attributes that choose topics, group and key.
const (
	overrideProducerTopics = "gravitee.attributes.endpoint.kafka.producer.topics"
	shortcutProducerTopics = "gravitee.attribute.kafka.producer.topics"
	shortcutConsumerTopics = "gravitee.attribute.kafka.consumer.topics"
	shortcutTopics         = "gravitee.attribute.kafka.topics" // deprecated
	shortcutGroupID        = "gravitee.attribute.kafka.groupId"
	shortcutRecordKey      = "gravitee.attribute.kafka.recordKey"
)

// maxGroupID is the longest id of a group that an attribute may choose, in bytes.
const maxGroupID = 249

// ProducerTopics gives the topics of a message, whose attributes are set: those of its attributes,
// then those of the request's, then those of the endpoint object. chosen is false where nothing of
// these names a topic: then the document does. rec may be nil. The list is not to be changed.
//
// Errors are *core.Error: CodeNotAllowed for a topic that a request must not choose,
// CodeConfigurationInvalid for one that cannot be written.
func (c *Configuration) ProducerTopics(x *exchange.Exchange, rec *core.Record, e *Endpoint) (topics []string, chosen bool, err error) {
	if rec != nil {
		for _, name := range []string{overrideProducerTopics, shortcutProducerTopics, shortcutTopics} {
			if topics, chosen, err = c.named(&rec.Attributes, name, schema.ProducerTopics, c.freedom.messages[name]); chosen || err != nil {
				return topics, chosen, err
			}
		}
	}
	for _, name := range []string{shortcutProducerTopics, shortcutTopics} {
		if topics, chosen, err = c.named(x.Attributes, name, schema.ProducerTopics, c.freedom.trail.Holds(name)); chosen || err != nil {
			return topics, chosen, err
		}
	}
	return e.Producer.Topics, len(e.Producer.Topics) > 0, nil
}

// ConsumerTopics gives the topics to read, or the pattern: those of the request's attributes, then
// those of the endpoint object. Otherwise it is as ProducerTopics.
func (c *Configuration) ConsumerTopics(x *exchange.Exchange, e *Endpoint) (topics []string, p *qos.Pattern, chosen bool, err error) {
	for _, name := range []string{shortcutConsumerTopics, shortcutTopics} {
		if topics, chosen, err = c.named(x.Attributes, name, schema.ConsumerTopics, c.freedom.trail.Holds(name)); chosen || err != nil {
			return topics, nil, chosen, err
		}
	}
	return e.Consumer.Topics, e.Consumer.Pattern, len(e.Consumer.Topics) > 0 || e.Consumer.Pattern != nil, nil
}

// named reads the topics that an attribute names. depends says that a request may have chosen them.
func (c *Configuration) named(from *core.Attributes, name, property string, depends bool) ([]string, bool, error) {
	given, ok := from.Get(name)
	if !ok {
		return nil, false, nil
	}
	names, err := expr.ValueOf(given).Texts()
	if err != nil {
		return nil, false, invalid(fmt.Errorf("attribute %q: %w", name, err))
	}
	if depends {
		err = judgeTopics(property, names, c.in.Allow[property])
		return names, len(names) > 0 && err == nil, err
	}
	for _, topic := range names {
		if err := usable(topic); err != nil {
			return nil, false, invalid(fmt.Errorf("attribute %q: %w", name, err))
		}
	}
	return names, len(names) > 0, nil
}

// Group gives the consumer group that an attribute of the request chooses: 1 to 249 of
// [A-Za-z0-9._-]. Errors are as those of ProducerTopics.
func (c *Configuration) Group(x *exchange.Exchange) (id string, chosen bool, err error) {
	given, ok := x.Attributes.Get(shortcutGroupID)
	if !ok {
		return "", false, nil
	}
	if id, err = expr.ValueOf(given).Text(); err != nil {
		return "", false, invalid(fmt.Errorf("attribute %q: %w", shortcutGroupID, err))
	}
	depends := c.freedom.trail.Holds(shortcutGroupID)
	switch problem := illegalGroup(id); {
	case id == "":
		return "", false, nil
	case problem != "" && depends:
		return "", false, notAllowed(schema.GroupID + ": " + problem)
	case problem != "":
		return "", false, invalid(fmt.Errorf("attribute %q: %s", shortcutGroupID, problem))
	case depends && !schema.Allowed(c.in.Allow[schema.GroupID], id):
		return "", false, notAllowed(fmt.Sprintf("%s: %q is not allowed", schema.GroupID, shortened(id, maxShown)))
	}
	return id, true, nil
}

// illegalGroup says what is wrong with the id of a group.
func illegalGroup(id string) string {
	if len(id) > maxGroupID {
		return fmt.Sprintf("the id of the group is longer than %d characters", maxGroupID)
	}
	const word = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
	if strings.Trim(id, word) != "" {
		return fmt.Sprintf("the id of the group %q holds other characters than letters, digits, '.', '_' and '-'", shortened(id, maxShown))
	}
	return ""
}

// Key gives the record key that an attribute chooses: of the message, else of the request. rec may
// be nil. An error is a *core.Error with CodeConfigurationInvalid.
func (c *Configuration) Key(x *exchange.Exchange, rec *core.Record) (key []byte, chosen bool, err error) {
	var given any
	if rec != nil {
		given, chosen = rec.Attributes.Get(shortcutRecordKey)
	}
	if !chosen {
		given, chosen = x.Attributes.Get(shortcutRecordKey)
	}
	if bytes, ok := given.([]byte); ok || !chosen {
		return bytes, chosen, nil
	}
	text, err := expr.ValueOf(given).Text()
	if err != nil {
		return nil, false, invalid(fmt.Errorf("attribute %q: %w", shortcutRecordKey, err))
	}
	return []byte(text), true, nil
}
