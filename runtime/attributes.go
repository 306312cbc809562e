package runtime

import (
	"context"
	"errors"
	"fmt"

	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// errNoRequest is the error of a context that is not of a request at an operation.
var errNoRequest = errors.New("the context is not of a request at an operation of the gateway")

// SetAttribute gives a request an attribute, for middleware that was added with Use. ctx is the
// context of the request.
//
// Attributes choose configuration, as x-kafka-attributes of the documents do, and are read by
// expressions as #context.attributes['name']. Those of the documents are computed after the middleware and
// win. x-kafka-allow does not bound what a program sets, unless the document assigns the same name
// from a request: do not copy what a client sent without a check. A value is a text, a number, a
// boolean, or a list or map of values; nil removes the attribute.
//
// A publish hook runs when the configuration of its request is chosen: it sets the attributes of its
// message, Message.Attributes.
//
// The error is that ctx is not of a request at an operation. One goroutine sets attributes of a
// request at a time.
func SetAttribute(ctx context.Context, name string, value any) error {
	known := exchange.From(ctx)
	if known == nil {
		return fmt.Errorf("attribute %q: %w", name, errNoRequest)
	}
	known.Attributes.Set(name, value)
	return nil
}

// Attribute finds an attribute of a request: what middleware has set and, in a publish hook, what
// the document computes. "kafka.groupId" also finds "gravitee.attribute.kafka.groupId".
func Attribute(ctx context.Context, name string) (value any, ok bool) {
	known := exchange.From(ctx)
	if known == nil {
		return nil, false
	}
	return known.Attributes.Get(name)
}
