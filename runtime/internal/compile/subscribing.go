package compile

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/limits"
	"github.com/penstock-dev/penstock/runtime/internal/override"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/topics"
	"github.com/penstock-dev/penstock/schema"
)

// subscribing is the way from Kafka of an operation. Safe for concurrent use.
type subscribing struct {
	*group
	api, operation string
	template       *topics.Template  // nil: the document names no topic
	deadLetters    *override.Topic   // of the websocket; nil: it names none
	transforms     [2]*qos.Transform // with the schema registry's header, and without it
}

// subscribing compiles the way from Kafka.
func (c *compiler) subscribing(g *group, served []endpoint.Entrypoint, objects []*object) *entrypoints.Subscribing {
	c.needsTopics(objects, "consumer", func(o *object) side { return o.Shared.Consumer }, schema.ConsumerTopics, schema.TopicPatterns)
	s := &subscribing{
		group: g, api: c.d.API, operation: c.d.Operation, template: c.template(),
		deadLetters: c.deadLetters(g, served),
		transforms:  [2]*qos.Transform{c.transform(false), c.transform(true)},
	}
	out := &entrypoints.Subscribing{Payload: c.d.Subscribe, EventName: c.d.Subscribe.Name, Open: s.open, WritesDeadLetters: true}
	if out.EventName == "" {
		out.EventName = "message"
	}
	supplied := c.assigned(false, "producer.enabled")
	for _, o := range objects {
		out.WritesDeadLetters = out.WritesDeadLetters && (o.Shared.Producer.Enabled || supplied)
	}
	return out
}

// deadLetterTopic is the option of a websocket.
const deadLetterTopic = "deadLetterTopic"

// deadLetters compiles the topic that a websocket writes what it gives up on to; nil: it names none,
// or the text has a problem.
func (c *compiler) deadLetters(g *group, served []endpoint.Entrypoint) *override.Topic {
	for _, e := range served {
		var o placement
		if err := json.Unmarshal([]byte(e.Config), &o); err != nil || e.Kind != endpoint.WebSocket || o.DeadLetters == "" {
			continue // the configuration was decoded before
		}
		topic, err := g.candidates[0].config.Topic(deadLetterTopic, o.DeadLetters) // attributes and entries are those of all
		if err != nil {
			c.report("", config.Pointer("operations", c.d.Operation), config.Pointer(string(e.Kind), deadLetterTopic), err.Error())
		}
		return topic
	}
	return nil
}

// open implements entrypoints.Subscribing.Open.
func (s *subscribing) open(ctx context.Context, x *exchange.Exchange, r qos.Reading) (*entrypoints.Opened, error) {
	conn, err := s.connection(x, &r) //nolint:contextcheck // ctx is that of the exchange
	if err != nil {
		return nil, err
	}
	opened, err := s.read(ctx, conn, x, r)
	if err != nil {
		conn.release()
		return nil, readable(err, conn)
	}
	return opened, nil
}

// connection finds the endpoint of a reading: the one that its cursor names, where there are
// several, else the load balancer's choice. The cursor is then as Kafka's side reads it.
func (s *subscribing) connection(x *exchange.Exchange, r *qos.Reading) (connection, error) {
	if r.Cursor == "" || !r.Level.IDs() || !s.several() {
		return s.connect(x)
	}
	name, rest, err := cursor.Endpoint(r.Cursor)
	if err != nil {
		return connection{}, err
	}
	if name == "" {
		return connection{}, core.NewError(core.CodeInvalidCursor,
			"the cursor names no endpoint: this operation reads several, and its ids are endpoint!topic@partition#offset")
	}
	r.Cursor = rest
	return s.connectTo(x, name)
}

// read opens a stream on a connection.
func (s *subscribing) read(ctx context.Context, conn connection, x *exchange.Exchange, r qos.Reading) (*entrypoints.Opened, error) {
	consumer := &conn.endpoint.Consumer
	if !consumer.Enabled {
		return nil, conn.disabled("consumer")
	}
	names, pattern, chosen, err := conn.config.ConsumerTopics(x, conn.endpoint)
	switch {
	case err != nil:
		return nil, err
	case !chosen && s.template == nil:
		return nil, conn.lacksTopic()
	case !chosen:
		if names, err = s.template.Fill(x.Params); err != nil {
			return nil, err
		}
	}
	r.Topics, r.Pattern = slices.Sorted(slices.Values(distinct(names))), pattern
	if r.Level.Group() {
		if r.Group, err = s.groupID(conn, x, r.Kind); err != nil {
			return nil, err
		}
		if x.Caller.Subject == "" { // subjects are bounded by limits.streamsPerSubject
			r.Owner = limits.Network(x.Caller.Address)
		}
	}
	r.Reset, r.CheckTopic = consumer.AutoOffsetReset, consumer.CheckTopicExistence
	r.Transform = s.transforms[0]
	if consumer.RemoveConfluentHeader {
		r.Transform = s.transforms[1]
	}
	made := &entrypoints.Opened{EncodeIDs: consumer.EncodeMessageID, DeadLetters: conn.deadLetters}
	if s.deadLetters != nil && r.Kind == endpoint.WebSocket {
		if made.DeadLetterTopic, err = s.deadLetters.Name(x); err != nil {
			return nil, err
		}
	}
	opened, err := conn.cluster.Open(ctx, r)
	if err != nil {
		return nil, err
	}
	made.Stream = conn.stream(opened)
	return made, nil
}

// groupID is the consumer group of a request: an attribute's, else the caller's.
func (s *subscribing) groupID(conn connection, x *exchange.Exchange, kind endpoint.Kind) (string, error) {
	id, chosen, err := conn.config.Group(x)
	if err != nil || chosen {
		return id, err
	}
	return entrypoints.GroupID(s.api, s.operation, kind, x.Caller), nil
}

// deadLetters gives the writer for records that are given up on.
func (c connection) deadLetters() (qos.Sink, error) {
	if !c.endpoint.Producer.Enabled {
		return nil, c.disabled("producer")
	}
	return c.cluster.Sink(endpoint.AtLeastOnce, c.endpoint.Producer.CompressionType)
}

// readable gives the oldest cursor of an error the form that clients read.
func readable(err error, conn connection) error {
	var coded *core.Error
	if !errors.As(err, &coded) || coded.Code != core.CodeCursorGone {
		return err
	}
	gone := *coded
	gone.Oldest = entrypoints.EncodeID(conn.prefix+coded.Oldest, conn.endpoint.Consumer.EncodeMessageID)
	return &gone
}
