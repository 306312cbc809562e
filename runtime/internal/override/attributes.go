package override

import (
	"context"
	"log/slog"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/scope"
)

// Attributes is the compiled x-kafka-attributes of an operation. Safe for concurrent use.
type Attributes struct {
	request, message []*assignment
	env              *scope.Environment
	log              *slog.Logger
}

// CompileAttributes compiles the assignments of an operation, and warns of each deprecated name
// once. The error joins a *Problem for each fault.
func CompileAttributes(list []endpoint.Attribute, env *scope.Environment, logger *slog.Logger) (*Attributes, error) {
	compiled, err := compileAssignments(list)
	if err != nil {
		return nil, err
	}
	warned := map[string]bool{}
	for _, assigned := range compiled {
		if assigned.choice.Deprecated() && !warned[assigned.Name] {
			warned[assigned.Name] = true
			logger.Warn("deprecated attribute", "attribute", assigned.Name, "place", assigned.Source,
				"write", "gravitee.attribute.kafka.producer.topics or gravitee.attribute.kafka.consumer.topics")
		}
	}
	return newAttributes(compiled, env, logger), nil
}

func newAttributes(compiled []*assignment, env *scope.Environment, logger *slog.Logger) *Attributes {
	a := &Attributes{env: env, log: logger}
	for _, assigned := range compiled {
		if assigned.Message {
			a.message = append(a.message, assigned)
		} else {
			a.request = append(a.request, assigned)
		}
	}
	return a
}

// Request computes the attributes of a request, in their order, and sets them in x.Attributes. An
// assignment whose condition is false or fails, or whose value is null or empty, sets nothing. One
// whose value fails sets nothing and is logged, at most once in a second.
func (a *Attributes) Request(x *exchange.Exchange) {
	if len(a.request) > 0 {
		a.assign(a.request, a.env.Scope(x), x.Attributes, x, nil)
	}
}

// Message does the same for a message that is about to be written: it sets rec.Attributes. It does
// nothing for an operation without assignments of the phase message.
func (a *Attributes) Message(x *exchange.Exchange, rec *core.Record) {
	if len(a.message) > 0 {
		a.assign(a.message, a.env.Message(x, rec), &rec.Attributes, x, nil)
	}
}

// assign sets attributes; heard, if any, hears of each that was, and of each that fails.
func (a *Attributes) assign(list []*assignment, scope expr.Scope, to *core.Attributes, x *exchange.Exchange, heard func(*assignment, error)) {
	if heard == nil {
		heard = func(*assignment, error) {}
	}
	for _, assigned := range list {
		holds, err := assigned.holds(scope)
		if err != nil {
			heard(assigned, err)
		}
		if !holds {
			continue
		}
		value, err := assigned.compute(scope)
		if err != nil {
			a.skip(x, assigned, err)
			heard(assigned, err)
			continue
		}
		if !empty(value) {
			to.Set(assigned.Name, value)
			heard(assigned, nil)
		}
	}
}

// empty says whether a value sets nothing.
func empty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	}
	return false
}

// skip logs an assignment whose value could not be computed.
func (a *Attributes) skip(x *exchange.Exchange, assigned *assignment, err error) {
	silent, due := assigned.skips.due(time.Now())
	if !due {
		return
	}
	ctx := context.Background()
	if x.Request != nil {
		ctx = x.Request.Context()
	}
	a.log.LogAttrs(ctx, slog.LevelWarn, "attribute not set", slog.String("attribute", assigned.Name),
		slog.String("place", assigned.Source), slog.Any("error", err), slog.Int64("not_logged", silent))
}
