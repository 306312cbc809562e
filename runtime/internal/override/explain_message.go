package override

import (
	"errors"
	"fmt"
	"slices"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/schema"
)

// messages says what attributes choose for messages, the strongest first.
func (t *trace) messages() ([]Explained, error) {
	var lines []Explained
	for _, name := range []string{overrideProducerTopics, shortcutProducerTopics, shortcutTopics} {
		found, certain, err := t.perMessage(name, schema.ProducerTopics, func(rec *core.Record) (any, error) {
			topics, _, err := t.c.named(&rec.Attributes, name, schema.ProducerTopics, t.c.freedom.messages[name])
			return topics, err
		})
		lines = append(lines, found...)
		if err != nil {
			return nil, err
		}
		if certain {
			break
		}
	}
	found, certain, err := t.perMessage(shortcutRecordKey, schema.RecordKey, func(rec *core.Record) (any, error) {
		key, _, err := t.c.Key(t.x, rec)
		return string(key), err
	})
	lines = append(lines, found...)
	if err != nil || certain {
		return lines, err
	}
	key, chosen, err := t.c.Key(t.x, nil)
	if chosen {
		lines = append(lines, Line(schema.RecordKey, string(key), t.attribute(shortcutRecordKey)))
	}
	return lines, err
}

// perMessage goes through the assignments of the phase message that set an attribute, the last one
// first. It ends with the first one that needs no message and sets a value, which is certain; use says
// what becomes of it.
func (t *trace) perMessage(name, pointer string, use func(*core.Record) (any, error)) (lines []Explained, certain bool, err error) {
	for _, a := range slices.Backward(t.c.assignments.message) {
		if a.Name != name {
			continue
		}
		line := Explained{
			Pointer: pointer, Value: string(a.Value), Source: fmt.Sprintf("attribute %s (%s)", name, a.Source), OfEachMessage: true,
		}
		rec := &core.Record{Value: t.x.Body}
		scope := t.c.in.Env.Message(t.x, rec)
		holds, failed := true, error(nil)
		if a.condition != nil && a.condition.Uses("message") {
			line.Condition = a.Condition
		} else {
			holds, failed = a.holds(scope)
		}
		switch {
		case failed != nil:
			t.heard(a, failed)
			continue
		case !holds:
			continue
		case line.Condition != "":
		case !slices.ContainsFunc(a.parts, func(p *part) bool { return p.Uses("message") }):
			value, err := a.compute(scope)
			if err != nil {
				t.heard(a, err)
				continue
			}
			if empty(value) {
				continue // it sets nothing
			}
			rec.Attributes.Set(name, value)
			chosen, err := use(rec)
			if err != nil && t.x.Kind == endpoint.HTTPPost {
				return nil, false, err
			}
			line = Line(pointer, chosen, line.Source)
			if err != nil {
				line.Problem = "each message is refused: " + Reason(err)
			}
			return append(lines, line), true, nil
		}
		lines = append(lines, line)
	}
	return lines, false, nil
}

// Reason is what an error says to clients and, where that is nothing, to the log.
func Reason(err error) string {
	var coded *core.Error
	if errors.As(err, &coded) && coded.Detail != "" {
		return coded.Detail
	}
	return err.Error()
}
