package compile

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/penstock-dev/penstock/runtime/endpoint"
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

	group    *group
	template *topics.Template
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
	return e, errors.Join(c.problems...)
}

// Request gives the configuration that a request gets, for each endpoint that can serve it. x has
// the attributes that code sets, and no others; it is not changed. Errors are *core.Error.
func (e *Explainer) Request(x *exchange.Exchange) ([]Explained, error) {
	if err := e.group.enter(again(x)); err != nil {
		return nil, err
	}
	var all []Explained
	for _, c := range e.group.candidates {
		values, err := c.config.Explain(again(x))
		if err != nil {
			return nil, err
		}
		if values, err = e.documented(x, values); err != nil {
			return nil, err
		}
		all = append(all, Explained{c.name, values})
	}
	return all, nil
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
