package compile

import (
	"context"
	"errors"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// confluentHeader is the length of the wire format of the schema registry: a zero and the
// schema's id.
const confluentHeader = 5

// transform makes what happens to records on their way out; nil when nothing does.
func (c *compiler) transform(stripHeader bool) *qos.Transform {
	hook := c.in.Subscribe
	switch {
	case hook == nil && !stripHeader:
		return nil
	case !stripHeader:
		return &qos.Transform{Apply: c.logged(hook)}
	case hook == nil:
		return &qos.Transform{Apply: func(_ context.Context, rec *core.Record) (*core.Record, error) {
			return withoutHeader(rec), nil
		}}
	}
	run := c.logged(hook)
	return &qos.Transform{Apply: func(ctx context.Context, rec *core.Record) (*core.Record, error) {
		return run(ctx, withoutHeader(rec))
	}}
}

// withoutHeader gives a copy of a record without the schema registry's header; one that has
// none stays as it is.
func withoutHeader(rec *core.Record) *core.Record {
	if len(rec.Value) < confluentHeader || rec.Value[0] != 0 {
		return rec
	}
	stripped := *rec
	stripped.Value = rec.Value[confluentHeader:]
	return &stripped
}

type subscribeHook = func(context.Context, *core.Record) (*core.Record, error)

// logged writes the failures of a subscribe hook to the log: the streams that end tell their
// clients only that there was one.
func (c *compiler) logged(hook subscribeHook) subscribeHook {
	return func(ctx context.Context, rec *core.Record) (*core.Record, error) {
		out, err := hook(ctx, rec)
		if err != nil && !errors.Is(err, core.ErrSkip) {
			c.in.Log.ErrorContext(ctx, "subscribe hook failed", "api", c.d.API, "operation", c.d.Operation,
				"topic", rec.Topic, "partition", rec.Partition, "offset", rec.Offset, "error", err)
		}
		return out, err
	}
}
