// Package compile turns a descriptor and what the configuration changes about it into a mounted
// operation. It runs once for each operation, when an api is mounted.
package compile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/validate"
)

// Clients gives the readers and writers of a cluster. Nothing connects before the first use.
type Clients interface {
	Source(t cluster.Target) (qos.Source, error)
	Sink(t cluster.Target, level endpoint.QoS, compression string) (qos.Sink, error)
}

// Input is what an operation is compiled from.
type Input struct {
	Descriptor endpoint.Descriptor
	Config     config.API
	Tenant     string
	Clients    Clients
	Log        *slog.Logger

	// Publish changes or refuses a record before it is written; nil: it passes.
	Publish func(ctx context.Context, r *http.Request, params map[string]string, rec *core.Record) error
	// Subscribe gives a changed copy of a record that was read; nil: it passes.
	Subscribe func(ctx context.Context, rec *core.Record) (*core.Record, error)
}

// Output is a mounted operation and the entrypoints that are switched on, with the paths and
// options in force. An operation whose entrypoints are all off has none.
type Output struct {
	Operation   *entrypoints.Operation
	Entrypoints []endpoint.Entrypoint
}

// Operation compiles one operation. The error joins every problem.
func Operation(in Input) (Output, error) {
	c := &compiler{in: in, d: in.Descriptor}
	served := c.entrypoints()
	object := c.endpoint()
	if err := errors.Join(c.problems...); err != nil {
		return Output{}, err
	}
	op := &entrypoints.Operation{API: c.d.API, Name: c.d.Operation}
	if len(served) == 0 {
		return Output{Operation: op}, nil
	}
	target, err := cluster.ParseTarget(object.text)
	if err != nil {
		return Output{}, c.wrap(err)
	}
	// Publishers make their clients late: the files that security names are read now.
	if _, err := in.Clients.Source(target); err != nil {
		return Output{}, c.wrap(err)
	}
	uses := c.directions(served, object)
	if uses&endpoint.Publishing != 0 {
		op.Publish = c.publishing(target, object)
	}
	if uses&endpoint.Subscribing != 0 {
		op.Subscribe = c.subscribing(target, object)
	}
	if err := errors.Join(c.problems...); err != nil {
		return Output{}, err
	}
	return Output{Operation: op, Entrypoints: served}, nil
}

// compiler collects the problems of one operation.
type compiler struct {
	in       Input
	d        endpoint.Descriptor
	problems []error
}

func (c *compiler) wrap(err error) error {
	return fmt.Errorf("operation %q of api %q: %w", c.d.Operation, c.d.API, err)
}

func (c *compiler) fail(err error) { c.problems = append(c.problems, c.wrap(err)) }

// publishing compiles the way to Kafka.
func (c *compiler) publishing(target cluster.Target, object endpointObject) *entrypoints.Publishing {
	p := &entrypoints.Publishing{
		Payload: c.d.Publish,
		Hook:    c.in.Publish,
	}
	topics := c.topics("producer", object.Shared.Producer.Topics)
	sink := onePerLevel(func(level endpoint.QoS) (qos.Sink, error) {
		return c.in.Clients.Sink(target, level, object.Shared.Producer.CompressionType)
	})
	p.Prepare = func(x *exchange.Exchange, level endpoint.QoS) (entrypoints.Publication, error) {
		names, err := topics(x.Params)
		if err != nil {
			return nil, err
		}
		return &fixedPublication{
			topics: names, encodeIDs: object.Shared.Consumer.EncodeMessageID,
			sink: func() (qos.Sink, error) { return sink(level) },
		}, nil
	}
	if c.d.Publish.Schema != nil {
		if v := c.validator(c.d.Publish.Schema); v != nil {
			p.CheckBody = v.Check
		}
	}
	if c.d.Publish.Headers != nil {
		if v := c.validator(c.d.Publish.Headers); v != nil {
			p.CheckHeaders = v.CheckHeaders
		}
	}
	return p
}

func (c *compiler) validator(s *endpoint.Schema) *validate.Validator {
	v, err := validate.Compile(s)
	if err != nil {
		c.fail(err)
		return nil
	}
	return v
}

// subscribing compiles the way from Kafka.
func (c *compiler) subscribing(target cluster.Target, object endpointObject) *entrypoints.Subscribing {
	consumer := object.Shared.Consumer
	if consumer.TopicPattern != "" {
		c.fail(errors.New("consumer.topicPattern is not served by this version"))
		return nil
	}
	source, err := c.in.Clients.Source(target)
	if err != nil {
		c.fail(err)
		return nil
	}
	transform := c.transform(consumer.RemoveConfluentHeader)
	name := c.d.Subscribe.Name
	if name == "" {
		name = "message"
	}
	var deadLetters func() (qos.Sink, error)
	if producer := object.Shared.Producer; producer.Enabled {
		sink := onePerLevel(func(level endpoint.QoS) (qos.Sink, error) {
			return c.in.Clients.Sink(target, level, producer.CompressionType)
		})
		deadLetters = func() (qos.Sink, error) { return sink(endpoint.AtLeastOnce) }
	}
	topics := c.topics("consumer", consumer.Topics)
	return &entrypoints.Subscribing{
		Payload:           c.d.Subscribe,
		WritesDeadLetters: deadLetters != nil,
		EventName:         name,
		Open: func(ctx context.Context, x *exchange.Exchange, r qos.Reading) (*entrypoints.Opened, error) {
			var err error
			if r.Topics, err = topics(x.Params); err != nil {
				return nil, err
			}
			if r.Level.Group() {
				r.Group = entrypoints.GroupID(c.d.API, c.d.Operation, r.Kind, x.Caller)
			}
			r.Reset, r.CheckTopic, r.Transform = consumer.AutoOffsetReset, consumer.CheckTopicExistence, transform
			stream, err := source.Open(ctx, r)
			if err != nil {
				return nil, readable(err, consumer.EncodeMessageID)
			}
			return &entrypoints.Opened{Stream: stream, EncodeIDs: consumer.EncodeMessageID, DeadLetters: deadLetters}, nil
		},
	}
}

// readable gives the oldest cursor of an error the form that clients read.
func readable(err error, encodeIDs bool) error {
	var coded *core.Error
	if !errors.As(err, &coded) || coded.Code != core.CodeCursorGone {
		return err
	}
	gone := *coded
	gone.Oldest = entrypoints.EncodeID(coded.Oldest, encodeIDs)
	return &gone
}

// fixedPublication is the publication of a configuration without expressions.
type fixedPublication struct {
	topics    []string
	encodeIDs bool
	sink      func() (qos.Sink, error)
}

func (*fixedPublication) Compose(*core.Record) error               { return nil }
func (p *fixedPublication) Address(*core.Record) ([]string, error) { return p.topics, nil }
func (p *fixedPublication) Sink() (qos.Sink, error)                { return p.sink() }
func (p *fixedPublication) EncodeIDs() bool                        { return p.encodeIDs }
func (*fixedPublication) IDPrefix() string                         { return "" }
func (*fixedPublication) Release()                                 {}
