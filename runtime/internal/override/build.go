package override

import (
	"encoding/json"
	"fmt"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/topics"
	"github.com/penstock-dev/penstock/schema"
)

// Endpoint is an evaluated endpoint object. It is shared by requests: nobody changes it.
type Endpoint struct {
	Name   string
	JSON   endpoint.JSON // the whole object with its defaults; it holds secrets in the clear
	Target cluster.Target
	// Requested says that brokers or security depend on the request. At start they are then not
	// known: Target is empty.
	Requested bool
	Producer  Producer
	Consumer  Consumer
}

// Producer is the producer of an evaluated endpoint object.
type Producer struct {
	Enabled         bool
	Topics          []string // nil: the object names none
	CompressionType string
}

// Consumer is the consumer of an evaluated endpoint object.
type Consumer struct {
	Enabled               bool
	Topics                []string     // nil: the object names none
	Pattern               *qos.Pattern // instead of Topics
	EncodeMessageID       bool
	AutoOffsetReset       qos.Reset
	CheckTopicExistence   bool
	RemoveConfluentHeader bool
}

// build makes the outcome of a decision. Errors are *core.Error.
func (c *Configuration) build(w *decision) (*Endpoint, error) {
	object, err := c.merge(w)
	if err != nil {
		return nil, err
	}
	if issues := schema.Validate(schema.Endpoint, schema.Evaluated, object); len(issues) > 0 {
		return nil, invalid(&Invalid{c.discreet(issues)})
	}
	requested := false
	for i, p := range properties() {
		if p.client {
			requested = requested || w.from[i] == attribute || c.slots[i] != nil && c.slots[i].varies
		}
	}
	e, err := c.decode(object, w, requested)
	if err != nil {
		return nil, err
	}
	if e.Target, err = cluster.ParseTarget(e.JSON); err != nil {
		return nil, invalid(fmt.Errorf("endpoint %q: %w", c.name, c.discreetTarget(err)))
	}
	return e, nil
}

// merge puts what was chosen into the object: what expressions gave first, then, stronger, what
// attributes gave.
func (c *Configuration) merge(w *decision) (map[string]any, error) {
	var merged any = c.object
	for _, from := range []source{computed, attribute} {
		patch := map[string]any{}
		for i, p := range properties() {
			if w.from[i] == from {
				put(patch, p.path, w.values[i].json(p))
			}
		}
		if len(patch) > 0 {
			merged = schema.Merge(merged, patch)
		}
	}
	object, ok := merged.(map[string]any)
	if !ok {
		return nil, invalid(fmt.Errorf("endpoint %q is no object", c.name))
	}
	return object, nil
}

// json is the value as the endpoint object has it.
func (v value) json(p property) any {
	switch {
	case p.list:
		items := make([]any, len(v.list))
		for i, item := range v.list {
			items[i] = item
		}
		return items
	case p.flag:
		return v.text == "true"
	}
	return v.text
}

// decode reads an object, all but its target. w is nil at start.
func (c *Configuration) decode(object map[string]any, w *decision, requested bool) (*Endpoint, error) {
	text, err := json.Marshal(schema.ApplyDefaults(schema.Endpoint, object))
	if err != nil {
		return nil, invalid(fmt.Errorf("endpoint %q: %w", c.name, err))
	}
	var o struct {
		Shared struct {
			Producer struct {
				Enabled         bool
				Topics          []string
				CompressionType string
			}
			Consumer struct {
				Enabled               bool
				Topics                []string
				TopicPattern          string
				EncodeMessageID       bool `json:"encodeMessageId"`
				AutoOffsetReset       qos.Reset
				CheckTopicExistence   bool
				RemoveConfluentHeader bool
			}
		} `json:"sharedConfigurationOverride"`
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, invalid(fmt.Errorf("endpoint %q: %w", c.name, err))
	}
	p, s := o.Shared.Producer, o.Shared.Consumer
	e := &Endpoint{
		Name: c.name, JSON: endpoint.JSON(text), Requested: requested,
		Producer: Producer{p.Enabled, p.Topics, p.CompressionType},
		Consumer: Consumer{
			Enabled: s.Enabled, Topics: s.Topics, EncodeMessageID: s.EncodeMessageID, AutoOffsetReset: s.AutoOffsetReset,
			CheckTopicExistence: s.CheckTopicExistence, RemoveConfluentHeader: s.RemoveConfluentHeader,
		},
	}
	if err := c.checkTopics(e); err != nil {
		return nil, err
	}
	e.Consumer.Pattern, err = c.pattern(s.TopicPattern, w)
	return e, err
}

// checkTopics refuses topics that are internal to Kafka; the schema knows the legal names.
func (c *Configuration) checkTopics(e *Endpoint) error {
	for property, names := range map[string][]string{
		schema.ProducerTopics: e.Producer.Topics, schema.ConsumerTopics: e.Consumer.Topics,
	} {
		for _, name := range names {
			if err := usable(name); err != nil {
				return invalid(fmt.Errorf("%s: %w", property, err))
			}
		}
	}
	return nil
}

// pattern compiles a topic pattern. One that a request chose reaches the topics of its entry in
// x-kafka-allow only.
func (c *Configuration) pattern(text string, w *decision) (*qos.Pattern, error) {
	if text == "" {
		return nil, nil
	}
	compiled, err := topics.ParsePattern(text)
	if err != nil {
		return nil, invalid(fmt.Errorf("%s: %w", schema.TopicPatterns, err))
	}
	if w == nil || !c.requested(w, indexes()[schema.TopicPatterns]) {
		return compiled, nil
	}
	return within(compiled, c.in.Allow[schema.TopicPatterns])
}
