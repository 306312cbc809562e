package compile

import (
	"errors"
	"fmt"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/override"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// candidate is one endpoint that can serve an operation.
type candidate struct {
	name      string
	prefix    string // of ids: "<name>!" where the operation has several endpoints
	weight    int
	secondary bool
	config    *override.Configuration
	fixed     *choice // what requests get that change nothing; nil: it is computed for each
}

// choice is a candidate with its configuration for a request. It is not changed.
type choice struct {
	*candidate
	endpoint *override.Endpoint
	cluster  qos.Cluster // of fixed choices: held from start on
}

// connection is a choice whose cluster is held until release.
type connection struct {
	*choice
	cluster qos.Cluster
	release func()
}

// candidate compiles an endpoint object. What is the same for each request is evaluated now, and
// the cluster, if that is, is held from now on: stores and other files are read.
func (c *compiler) candidate(o *object, allow map[string][]string) (*candidate, error) {
	cfg, err := override.Compile(override.Input{
		API: c.d.API, Operation: c.d.Operation, Object: o.merged,
		Attributes: c.d.Attributes, Allow: allow, Env: c.in.Env, Log: c.in.Log, Origin: c.origins(o),
	})
	if err != nil {
		return nil, err
	}
	made := &candidate{name: o.Name, weight: o.Weight, secondary: o.Secondary, config: cfg}
	if len(c.d.Endpoints) > 1 {
		made.prefix = o.Name + "!"
	}
	e, err := cfg.Evaluate(nil)
	if err != nil || e.Requested {
		return made, err
	}
	held, _, err := c.in.Clients.Hold(e.Target, false) // for as long as the gateway runs
	if err != nil {
		return nil, err
	}
	if cfg.Static() {
		made.fixed = &choice{candidate: made, endpoint: e, cluster: held}
	}
	return made, nil
}

// mayBeUsable says whether the endpoint is worth a request, as far as is known before its
// configuration is computed.
func (c *candidate) mayBeUsable() bool { return c.fixed == nil || c.fixed.cluster.Usable() }

// evaluate computes the configuration of a request whose attributes are set.
func (c *candidate) evaluate(x *exchange.Exchange) (*choice, error) {
	e, err := c.config.Evaluate(x)
	if err != nil {
		return nil, err
	}
	if c.fixed != nil && c.fixed.endpoint == e {
		return c.fixed, nil
	}
	return &choice{candidate: c, endpoint: e}, nil
}

// hold gives the cluster of a choice.
func (c *choice) hold(clients Clients) (connection, error) {
	if c.cluster != nil {
		return connection{c, c.cluster, stays}, nil
	}
	held, release, err := clients.Hold(c.endpoint.Target, c.endpoint.Requested)
	return connection{c, held, release}, err
}

// stays is the release of what is held from start on.
func stays() {}

// errNoTopic is for requests and messages whose topic nobody names.
var errNoTopic = errors.New("neither attributes nor the configuration name a topic")

// lacksTopic is the answer to them.
func (c *choice) lacksTopic() error { return c.invalid(errNoTopic) }

// disabled is the answer to a request whose attributes switched a side off.
func (c *choice) disabled(side string) error {
	return c.invalid(fmt.Errorf("the %s is not enabled", side))
}

func (c *choice) invalid(err error) error {
	return core.Wrap(core.CodeConfigurationInvalid, "configure", fmt.Errorf("endpoint %q: %w", c.name, err))
}
