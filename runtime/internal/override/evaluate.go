package override

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// source says what gave a property its value.
type source uint8

const (
	written   source = iota // the object, as it is written
	computed                // an expression of the object
	attribute               // an attribute
)

// decision is what expressions and attributes of one request give, by property.
type decision struct {
	values []value
	from   []source
	key    []byte // equal keys have equal outcomes
}

var pool = sync.Pool{New: func() any {
	n := len(properties())
	return &decision{values: make([]value, n), from: make([]source, n)}
}}

func (w *decision) free() {
	clear(w.values)
	clear(w.from)
	clear(w.key) // it may hold secrets
	if w.key = w.key[:0]; cap(w.key) > maxOutcome {
		w.key = nil
	}
	pool.Put(w)
}

// Evaluate gives the configuration of a request whose attributes are set. Equal outcomes are one
// Endpoint, of which the last ones are kept; a request that changes nothing costs nothing.
//
// At start, x is nil: what does not depend on a request is computed and checked, so that a mistake
// shows early. What does depend counts as not written, and Endpoint.Requested says whether the
// target is among it.
//
// Errors are *core.Error: CodeNotAllowed names the property and the value that a request must not
// choose; CodeConfigurationInvalid has the property and the cause in Err, for the log.
func (c *Configuration) Evaluate(x *exchange.Exchange) (*Endpoint, error) {
	if x == nil {
		return c.start()
	}
	if !c.dynamic && !overrides(x.Attributes) {
		return c.fixed, c.fixedErr
	}
	w, _ := pool.Get().(*decision)
	defer w.free()
	if err := c.choose(w, x); err != nil {
		return nil, err
	}
	w.seal()
	if e := c.outcomes.get(w.key); e != nil {
		return e, nil
	}
	e, err := c.build(w)
	if err != nil {
		return nil, err
	}
	c.outcomes.put(string(w.key), e)
	return e, nil
}

// overrides says whether an attribute overrides a property.
func overrides(attributes *core.Attributes) bool {
	for name := range attributes.All() {
		if _, ok := overridden(name); ok {
			return true
		}
	}
	return false
}

// choose computes what attributes override, then what is left to the expressions of the object, and
// judges both.
func (c *Configuration) choose(w *decision, x *exchange.Exchange) error {
	if err := c.override(w, x.Attributes); err != nil {
		return err
	}
	if c.dynamic {
		if err := c.compute(w, c.in.Env.Scope(x), false); err != nil {
			return err
		}
	}
	for i, from := range w.from {
		if from != written && !w.values[i].isUTF8() {
			return invalid(fmt.Errorf("%s: the value is not UTF-8", properties()[i].name))
		}
		if !c.requested(w, i) {
			continue
		}
		if err := c.judge(properties()[i], w.values[i]); err != nil {
			if from == computed && c.readsSecret(i) {
				return notAllowed(properties()[i].name + ": the value is not allowed")
			}
			return err
		}
	}
	return nil
}

// override takes the attributes that override a property. Of two spellings of one property the
// canonical one counts.
func (c *Configuration) override(w *decision, attributes *core.Attributes) error {
	for name, given := range attributes.All() {
		i, ok := overridden(name)
		if !ok {
			continue
		}
		p := properties()[i]
		if name != p.attribute {
			if _, both := attributes.Get(p.attribute); both {
				continue
			}
		}
		v, err := convert(given, p)
		if err != nil {
			return invalid(fmt.Errorf("attribute %q: %w", name, err))
		}
		if v.written {
			w.values[i], w.from[i] = v, attribute
		}
	}
	return nil
}

// convert gives an attribute the type of the property that it overrides. An empty value overrides
// nothing.
func convert(given any, p property) (value, error) {
	if text, ok := given.(string); ok && !p.list {
		return scalar(text, p)
	}
	v := expr.ValueOf(given)
	if p.list {
		list, err := v.Texts()
		return value{list: list, written: len(list) > 0}, err
	}
	text, err := v.Text()
	if err != nil {
		return value{}, err
	}
	return scalar(text, p)
}

// scalar is a text for a property; "" is nothing.
func scalar(text string, p property) (value, error) {
	if p.flag && text != "" && text != "true" && text != "false" {
		return value{}, fmt.Errorf("%q is neither true nor false", shortened(text, maxShown))
	}
	return value{text: text, written: text != ""}, nil
}

// compute reads the expressions of properties that no attribute decides; at start those that are
// the same for every request.
func (c *Configuration) compute(w *decision, scope expr.Scope, start bool) error {
	for i, s := range c.slots {
		if s == nil || start && s.varies || w.decided(i) {
			continue
		}
		v, err := s.read(scope)
		if err != nil {
			return invalid(fmt.Errorf("%s: %w", s.label, err))
		}
		if v.written {
			w.values[i], w.from[i] = v, computed
		}
	}
	return nil
}

// decided says whether an attribute gave the property a value, or one that excludes it.
func (w *decision) decided(i int) bool {
	if w.from[i] == attribute {
		return true
	}
	for _, other := range properties()[i].excludes {
		if w.from[other] == attribute {
			return true
		}
	}
	return false
}

// seal makes the key: every value with its length before it.
func (w *decision) seal() {
	all := properties()
	for i, from := range w.from {
		if from == written {
			continue
		}
		w.key = append(w.key, byte(i), byte(from))
		if !all[i].list {
			w.add(w.values[i].text)
			continue
		}
		w.key = binary.AppendUvarint(w.key, uint64(len(w.values[i].list)))
		for _, item := range w.values[i].list {
			w.add(item)
		}
	}
}

func (w *decision) add(text string) {
	w.key = binary.AppendUvarint(w.key, uint64(len(text)))
	w.key = append(w.key, text...)
}

// opEvaluate is what fails where an outcome cannot be served.
const opEvaluate = "evaluate configuration"

func invalid(err error) error { return core.Wrap(core.CodeConfigurationInvalid, opEvaluate, err) }
