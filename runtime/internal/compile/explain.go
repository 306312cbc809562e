package compile

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/override"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/scope"
	"github.com/penstock-dev/penstock/runtime/internal/topics"
	"github.com/penstock-dev/penstock/schema"
)

// Explainer says what configuration requests get from an operation. It opens no connection.
type Explainer struct {
	// Operation has the condition of its entrypoints and no way to Kafka.
	Operation   *entrypoints.Operation
	Entrypoints []endpoint.Entrypoint // that are on, with their whole paths

	group       *group
	template    *topics.Template
	uses        map[endpoint.Kind]endpoint.Direction
	options     map[endpoint.Kind]*options // of publishers that have some
	deadLetters *override.Topic            // of the websocket; nil: it names none
	place       func(pointer string) string
}

// Explanation is what a request gets.
type Explanation struct {
	Endpoints []Explained // that can serve it
	// Messages is what attributes and options say about the messages that the request publishes: topics,
	// key, partition, headers. Of several lines about one of them the first that gives a value counts.
	Messages []override.Explained
	Unset    []override.Explained // attributes of the document whose condition or value fails
}

// Explained is what one of the endpoints that can serve an operation gives to a request.
type Explained struct {
	Endpoint string
	Values   []override.Explained
}

// Explain compiles an operation for explanations. Clients of the input are not used. The error
// joins every problem.
func Explain(in Input) (*Explainer, error) {
	in.Clients = noClients{}
	c := &compiler{in: in, d: in.Descriptor}
	if c.in.Env == nil {
		c.in.Env = &scope.Environment{}
	}
	e := &Explainer{Operation: &entrypoints.Operation{API: c.d.API, Name: c.d.Operation}, Entrypoints: c.entrypoints()}
	objects := c.endpoints()
	if err := errors.Join(c.problems...); err != nil || len(e.Entrypoints) == 0 {
		return e, err
	}
	e.Operation.Authorize = c.condition(e.Entrypoints)
	e.group, e.template = c.group(objects), c.template()
	e.place = func(pointer string) string { return c.place("", config.Pointer("operations", c.d.Operation), pointer) }
	e.uses, e.options = map[endpoint.Kind]endpoint.Direction{}, map[endpoint.Kind]*options{}
	for _, entry := range e.Entrypoints {
		if e.uses[entry.Kind] = directionsOf(entry); e.uses[entry.Kind]&endpoint.Publishing != 0 {
			e.options[entry.Kind] = c.options(entry)
		}
	}
	if e.group != nil {
		e.deadLetters = c.deadLetters(e.group, e.Entrypoints)
	}
	return e, errors.Join(c.problems...)
}

// Request gives the configuration that a request gets, for each endpoint that can serve it, and what
// it says of its messages. x has the attributes that code sets, and no others; it is not changed.
// Errors are *core.Error.
func (e *Explainer) Request(x *exchange.Exchange) (Explanation, error) {
	if err := e.group.enter(again(x)); err != nil {
		return Explanation{}, err
	}
	var out Explanation
	for i, c := range e.group.candidates {
		fresh := again(x)
		found, err := c.config.Explain(fresh, e.uses[x.Kind])
		if err != nil {
			return Explanation{}, err
		}
		values, err := e.documented(fresh, found.Values)
		if err != nil {
			return Explanation{}, err
		}
		if values, err = e.buried(fresh, values); err != nil {
			return Explanation{}, err
		}
		out.Endpoints = append(out.Endpoints, Explained{c.name, values})
		if i > 0 {
			continue // attributes and options are those of all endpoints
		}
		out.Unset = found.Unset
		if out.Messages, err = e.messages(fresh, found.Messages); err != nil {
			return Explanation{}, err
		}
	}
	return out, nil
}

// buried adds the dead letter topic of a websocket.
func (e *Explainer) buried(x *exchange.Exchange, values []override.Explained) ([]override.Explained, error) {
	if e.deadLetters == nil || x.Kind != endpoint.WebSocket || e.uses[x.Kind]&endpoint.Subscribing == 0 {
		return values, nil
	}
	name, err := e.deadLetters.Name(x)
	if err != nil || name == "" {
		return values, err
	}
	pointer := config.Pointer(string(x.Kind), deadLetterTopic)
	return append(values, override.Line(pointer, name, e.place(pointer))), nil
}

// again copies an exchange with its attributes, to compute those of the document once more.
func again(x *exchange.Exchange) *exchange.Exchange {
	fresh := *x
	fresh.Attributes, fresh.Choice = &core.Attributes{}, nil
	for _, name := range x.Attributes.Names() {
		value, _ := x.Attributes.Get(name)
		fresh.Attributes.Set(name, value)
	}
	return &fresh
}

// documented adds the topic that the document names, where nothing stronger names one.
func (e *Explainer) documented(x *exchange.Exchange, values []override.Explained) ([]override.Explained, error) {
	stronger := []string{schema.PropertyPointer(schema.ProducerTopics)}
	if x.Kind != endpoint.HTTPPost {
		stronger = []string{schema.PropertyPointer(schema.ConsumerTopics), schema.PropertyPointer(schema.TopicPatterns)}
	}
	if e.template == nil || slices.ContainsFunc(values, func(v override.Explained) bool { return slices.Contains(stronger, v.Pointer) }) {
		return values, nil
	}
	names, err := e.template.Fill(x.Params)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(names)
	if err != nil {
		return nil, core.Wrap(core.CodeInternal, "explain", err)
	}
	return append(values, override.Explained{Pointer: "topic", Value: string(text), Source: "document"}), nil
}

// noClients are the clients of an operation that is only explained.
type noClients struct{}

// Hold implements Clients. Nothing uses the cluster.
func (noClients) Hold(cluster.Target, bool) (qos.Cluster, func(), error) { return nil, stays, nil }
