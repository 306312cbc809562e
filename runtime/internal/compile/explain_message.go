package compile

import (
	"slices"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/override"
	"github.com/penstock-dev/penstock/schema"
)

// messages adds what the options of the entrypoint say about messages to what attributes choose, which
// is stronger. Where an option cannot be computed, a request whose one message it is of is refused;
// a socket goes on.
func (e *Explainer) messages(x *exchange.Exchange, lines []override.Explained) ([]override.Explained, error) {
	o := e.options[x.Kind]
	if o == nil {
		return lines, nil
	}
	rec := &core.Record{Value: x.Body}
	vars := o.env.Message(x, rec)
	const each = "each message is refused"
	var problem error
	add := func(made *option, refused string, compute func() (value any, written bool, err error)) {
		line := override.Line(made.pointer, made.text, e.place(made.pointer))
		if line.OfEachMessage = made.Uses("message"); !line.OfEachMessage {
			value, written, err := compute()
			switch {
			case err != nil && problem == nil && x.Kind == endpoint.HTTPPost:
				problem = err
			case err != nil:
				line.Problem = refused + ": " + override.Reason(err)
			case !written:
				return
			default:
				line = override.Line(made.pointer, value, line.Source)
			}
		}
		lines = append(lines, line)
	}
	decided := slices.ContainsFunc(lines, func(l override.Explained) bool { return l.Pointer == schema.RecordKey && !l.OfEachMessage })
	if o.key != nil {
		before := len(lines)
		add(o.key, "a message whose frame names no key is refused", func() (any, bool, error) {
			key, err := o.key.words(vars)
			return key, true, err
		})
		if decided && lines[before].Problem == "" {
			lines = lines[:before] // it is computed, and an attribute is stronger
		}
	}
	if o.partition != nil {
		add(o.partition, each, func() (any, bool, error) {
			err := o.pin(vars, rec)
			return rec.Partition, true, err
		})
	}
	for _, h := range o.headers {
		add(h, each, func() (any, bool, error) {
			text, written, err := h.optional(vars)
			return text, written, err
		})
	}
	return lines, problem
}
