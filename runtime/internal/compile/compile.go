// Package compile turns a descriptor and what the configuration changes about it into a mounted
// operation. It runs once for each operation, when an api is mounted.
package compile

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/override"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/runtime/internal/scope"
	"github.com/penstock-dev/penstock/runtime/internal/validate"
)

// Clients gives the readers and writers of clusters. Nothing connects before the first use.
type Clients interface {
	// Hold gives those of a cluster until release is called. requested says that the target
	// depends on a request. Errors are *core.Error.
	Hold(t cluster.Target, requested bool) (c qos.Cluster, release func(), err error)
}

// Input is what an operation is compiled from.
type Input struct {
	Descriptor endpoint.Descriptor
	Config     config.API
	Tenant     string
	Clients    Clients
	Env        *scope.Environment // what expressions see of the gateway; nil: nothing
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
	if c.in.Env == nil {
		c.in.Env = &scope.Environment{}
	}
	served := c.entrypoints()
	objects := c.endpoints()
	op := &entrypoints.Operation{API: c.d.API, Name: c.d.Operation}
	if err := errors.Join(c.problems...); err != nil || len(served) == 0 {
		return Output{Operation: op}, err
	}
	uses := c.directions(served, objects)
	op.Authorize = c.condition(served)
	g := c.group(objects)
	if g != nil && uses&endpoint.Publishing != 0 {
		op.Publish = c.publishing(g, served, objects)
	}
	if g != nil && uses&endpoint.Subscribing != 0 {
		op.Subscribe = c.subscribing(g, served, objects)
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

// group compiles the endpoints of the operation; nil: it has a problem.
func (c *compiler) group(objects []*object) *group {
	attributes, err := override.CompileAttributes(c.d.Attributes, c.in.Env, c.in.Log)
	if err != nil {
		c.found("", err)
		return nil
	}
	g := &group{clients: c.in.Clients, attributes: attributes, enums: c.enums()}
	allow := c.allow()
	for _, o := range objects {
		candidate, err := c.candidate(o, allow)
		if err != nil {
			c.found(o.Name, err)
			continue
		}
		g.candidates = append(g.candidates, candidate)
	}
	if len(g.candidates) < len(objects) {
		return nil
	}
	g.arrange(c.d.LoadBalancer)
	return g
}

// validator compiles a schema of messages.
func (c *compiler) validator(s *endpoint.Schema) *validate.Validator {
	v, err := validate.Compile(s)
	if err != nil {
		c.fail(err)
		return nil
	}
	return v
}
