package compile

import (
	"errors"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/topics"
	"github.com/penstock-dev/penstock/schema"
)

// publishing is the way to Kafka of an operation. Safe for concurrent use.
type publishing struct {
	*group
	options  map[endpoint.Kind]*options
	template *topics.Template // nil: the document names no topic
	// perMessage says that topics are known only with a message: attributes of messages name them,
	// and nothing else does.
	perMessage bool
}

// publishing compiles the way to Kafka.
func (c *compiler) publishing(g *group, served []endpoint.Entrypoint, objects []*object) *entrypoints.Publishing {
	c.needsTopics(objects, "producer", func(o *object) side { return o.Shared.Producer }, schema.ProducerTopics)
	p := &publishing{
		group: g, options: map[endpoint.Kind]*options{}, template: c.template(),
		perMessage: c.assigned(true, schema.ProducerTopics, schema.Topics),
	}
	for _, e := range served {
		if directionsOf(e)&endpoint.Publishing != 0 {
			p.options[e.Kind] = c.options(e)
		}
	}
	out := &entrypoints.Publishing{Payload: c.d.Publish, Hook: c.in.Publish, Prepare: p.prepare}
	if c.d.Publish.Schema != nil {
		if v := c.validator(c.d.Publish.Schema); v != nil {
			out.CheckBody = v.Check
		}
	}
	if c.d.Publish.Headers != nil {
		if v := c.validator(c.d.Publish.Headers); v != nil {
			out.CheckHeaders = v.CheckHeaders
		}
	}
	return out
}

// publication is the configuration of the messages of one request or socket.
type publication struct {
	connection
	operation *publishing
	exchange  *exchange.Exchange
	level     endpoint.QoS
	options   *options // nil: there are none

	topics []string // of messages that choose none themselves; nil: there are none
	key    []byte   // of messages that choose none themselves
	keyed  bool     // key is chosen
}

var _ entrypoints.Publication = (*publication)(nil)

// prepare implements entrypoints.Publishing.Prepare. What can be wrong without a message is found
// here: before the first byte of an answer.
func (p *publishing) prepare(x *exchange.Exchange, level endpoint.QoS) (entrypoints.Publication, error) {
	conn, err := p.connect(x)
	if err != nil {
		return nil, err
	}
	pub := &publication{connection: conn, operation: p, exchange: x, level: level, options: p.options[x.Kind]}
	if err := pub.begin(); err != nil {
		conn.release()
		return nil, err
	}
	return pub, nil
}

func (p *publication) begin() error {
	if !p.endpoint.Producer.Enabled {
		return p.disabled("producer")
	}
	var err error
	if p.key, p.keyed, err = p.config.Key(p.exchange, nil); err != nil {
		return err
	}
	p.topics, err = p.find(nil)
	if errors.Is(err, errNoTopic) && p.operation.perMessage {
		return nil
	}
	return err
}

// find gives the topics of a message: what attributes and configuration name, else the document's.
func (p *publication) find(rec *core.Record) ([]string, error) {
	names, chosen, err := p.config.ProducerTopics(p.exchange, rec, p.endpoint)
	switch {
	case err != nil:
		return nil, err
	case chosen:
		return distinct(names), nil
	case p.operation.template == nil:
		return nil, p.lacksTopic()
	}
	return p.operation.template.Fill(p.exchange.Params)
}

// Compose implements entrypoints.Publication.
func (p *publication) Compose(rec *core.Record) error {
	if p.options == nil {
		return nil
	}
	return p.options.compose(p.exchange, rec)
}

// Address implements entrypoints.Publication.
func (p *publication) Address(rec *core.Record) ([]string, error) {
	p.operation.attributes.Message(p.exchange, rec)
	key, keyed, names := p.key, p.keyed, p.topics
	if rec.Attributes.Len() > 0 || names == nil {
		var err error
		if key, keyed, err = p.config.Key(p.exchange, rec); err != nil {
			return nil, err
		}
		if names, err = p.find(rec); err != nil {
			return nil, err
		}
	}
	if keyed {
		rec.Key = key
	}
	if rec.Value == nil && len(rec.Key) == 0 && p.options != nil && p.options.tombstone {
		return nil, core.NewError(core.CodeInvalidRequest, "a message without content deletes the key that it names: name one")
	}
	return names, nil
}

// Sink implements entrypoints.Publication.
func (p *publication) Sink() (qos.Sink, error) {
	return p.cluster.Sink(p.level, p.endpoint.Producer.CompressionType)
}

// EncodeIDs implements entrypoints.Publication.
func (p *publication) EncodeIDs() bool { return p.endpoint.Consumer.EncodeMessageID }

// IDPrefix implements entrypoints.Publication.
func (p *publication) IDPrefix() string { return p.prefix }

// Release implements entrypoints.Publication.
func (p *publication) Release() { p.release() }
