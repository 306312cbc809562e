package override

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/schema"
)

// Explained is one value that a request gets, and where it comes from.
type Explained struct {
	Pointer string // into the evaluated endpoint object; "groupId", "recordKey" and, of messages, "producer.topics"
	Value   string // as JSON, secrets REDACTED
	Source  string // "specs/orders.yaml:12:5", "attribute NAME (specs/orders.yaml:14:7)", "attribute NAME (set by code)" or "default"

	// OfEachMessage says that the value needs a message: Value is the text as it is written.
	OfEachMessage bool
	Condition     string // that needs a message, and has to hold for the value to be set; "": none
	Problem       string // which messages are refused by it, and why; of Unset: what fails
}

// Explanation is the configuration that a request gets.
type Explanation struct {
	Values []Explained // sorted by pointer
	// Messages is what attributes choose for the messages that the request publishes: topics, then the
	// key. Of several lines with one pointer the first one that gives a value counts.
	Messages []Explained
	// Unset are the attributes of the document, by name, whose condition or value fails.
	Unset []Explained
}

// Explain computes the attributes of a request and gives the configuration that it gets, for the
// directions that its entrypoint uses. x has the attributes that code sets and no others, and gets
// those of the document. Errors are those of Evaluate.
func (c *Configuration) Explain(x *exchange.Exchange, uses endpoint.Direction) (Explanation, error) {
	t := trace{c: c, x: x, set: map[string]*assignment{}, found: map[string]Explained{}}
	c.assignments.assign(c.assignments.request, c.in.Env.Scope(x), x.Attributes, x, t.heard)
	e, err := c.Evaluate(x)
	if err != nil {
		return Explanation{}, err
	}
	var object any
	if err := json.Unmarshal([]byte(e.JSON), &object); err != nil {
		return Explanation{}, invalid(fmt.Errorf("endpoint %q: %w", c.name, err))
	}
	t.decision = &decision{values: make([]value, len(c.slots)), from: make([]source, len(c.slots))}
	if err := c.choose(t.decision, x); err != nil {
		return Explanation{}, err
	}
	t.walk("", schema.Redact(schema.Endpoint, object))
	var out Explanation
	if uses&endpoint.Publishing != 0 {
		if err := t.producer(e); err != nil {
			return Explanation{}, err
		}
		if out.Messages, err = t.messages(); err != nil {
			return Explanation{}, err
		}
	}
	if uses&endpoint.Subscribing != 0 {
		if err := t.consumer(e); err != nil {
			return Explanation{}, err
		}
	}
	for _, pointer := range slices.Sorted(maps.Keys(t.found)) {
		out.Values = append(out.Values, t.found[pointer])
	}
	out.Unset = t.unset
	return out, nil
}

// heard notes an assignment that sets its attribute, or that fails.
func (t *trace) heard(a *assignment, err error) {
	if err == nil {
		t.set[a.Name] = a
		return
	}
	line := Explained{Pointer: a.Name, Value: string(a.Value), Source: a.Source, Problem: err.Error()}
	if schema.SecretAttribute(a.Name) {
		line.Value = `"REDACTED"`
	}
	t.unset = append(t.unset, line)
}

// trace is one run of Explain.
type trace struct {
	c        *Configuration
	x        *exchange.Exchange
	set      map[string]*assignment // by name, those that set an attribute
	decision *decision
	found    map[string]Explained // by pointer
	unset    []Explained
}

// walk notes the values of the object; a list is one value.
func (t *trace) walk(pointer string, v any) {
	if object, ok := v.(map[string]any); ok {
		for name, member := range object {
			t.walk(pointer+"/"+name, member)
		}
		return
	}
	if t.c.readsSecretAt(pointer) && v != nil {
		v = "REDACTED"
	}
	t.add(pointer, v, t.source(pointer))
}

func (t *trace) add(pointer string, v any, source string) {
	t.found[pointer] = Line(pointer, v, source)
}

// Line makes the line of a value.
func Line(pointer string, v any, source string) Explained {
	text, err := json.Marshal(v)
	if err != nil {
		text = []byte("null")
	}
	return Explained{Pointer: pointer, Value: string(text), Source: source}
}

// source says what gave the value at a pointer.
func (t *trace) source(pointer string) string {
	if i, ok := indexes()[schema.PropertyAt(pointer)]; ok && t.decision.from[i] == attribute {
		for _, name := range schema.AttributeNames(schema.Override, properties()[i].name) {
			if _, given := t.x.Attributes.Get(name); given {
				return t.attribute(name)
			}
		}
	}
	return cmp.Or(t.c.origin(pointer), "default")
}

func (t *trace) attribute(name string) string {
	if a := t.set[name]; a != nil {
		return fmt.Sprintf("attribute %s (%s)", name, a.Source)
	}
	return fmt.Sprintf("attribute %s (set by code)", name)
}

// producer notes what the attributes of the singular family choose for the request; consumer does so
// too.
func (t *trace) producer(e *Endpoint) error {
	topics, _, err := t.c.ProducerTopics(t.x, nil, e)
	if err != nil {
		return err
	}
	t.topics(schema.ProducerTopics, topics, shortcutProducerTopics)
	return nil
}

func (t *trace) consumer(e *Endpoint) error {
	topics, _, _, err := t.c.ConsumerTopics(t.x, e)
	if err != nil {
		return err
	}
	if t.topics(schema.ConsumerTopics, topics, shortcutConsumerTopics) {
		delete(t.found, schema.PropertyPointer(schema.TopicPatterns))
	}
	group, chosen, err := t.c.Group(t.x)
	if chosen {
		t.add(schema.GroupID, group, t.attribute(shortcutGroupID))
	}
	return err
}

// topics notes the topics of a direction where an attribute of the singular family names them.
func (t *trace) topics(property string, names []string, shortcut string) bool {
	for _, name := range []string{shortcut, shortcutTopics} {
		if given, ok := t.x.Attributes.Get(name); ok && !empty(given) {
			t.add(schema.PropertyPointer(property), names, t.attribute(name))
			return true
		}
	}
	return false
}
