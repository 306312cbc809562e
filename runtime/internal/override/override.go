package override

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/runtime/internal/scope"
	"github.com/penstock-dev/penstock/schema"
)

// Input is what a Configuration is compiled from.
type Input struct {
	API, Operation string
	// Object is the endpoint object with what the gateway's configuration changes about it: its inherit
	// switch was applied, its spelling is canonical, and it is valid as a template.
	Object     map[string]any
	Attributes []endpoint.Attribute // x-kafka-attributes
	Allow      map[string][]string  // x-kafka-allow
	Env        *scope.Environment
	Log        *slog.Logger
	// Origin says where values came from, for Explain; a value without one is a default.
	Origin []endpoint.Origin
}

// Configuration is one endpoint object of an operation with its texts compiled. Safe for
// concurrent use.
type Configuration struct {
	in     Input
	name   string
	object map[string]any // what is not computed
	slots  []*slot        // by property; nil: it is not computed

	assignments *Attributes
	freedom     freedom

	fixed    *Endpoint // without texts that are computed: what requests get that override nothing
	fixedErr error
	dynamic  bool
	outcomes *outcomes
}

// slot is a property whose text is computed.
type slot struct {
	reader
	pointer string
	label   string // in errors: the property, and the place of the text
	raw     any    // as it is written
	varies  bool
	depends bool // on what a request chose
}

// Compile compiles an endpoint object. The error joins a *Problem for each fault: an expression
// that does not compile, and a value that requests could choose although x-kafka-allow says
// nothing about it.
func Compile(in Input) (*Configuration, error) {
	c := &Configuration{in: in, name: "default", slots: make([]*slot, len(properties())), outcomes: newOutcomes()}
	if name, ok := in.Object["name"].(string); ok {
		c.name = name
	}
	compiled, err := compileAssignments(in.Attributes)
	problems := []error{err}
	c.assignments = newAttributes(compiled, in.Env, slog.New(slog.DiscardHandler))
	problems = append(problems, c.freedom.follow(c.assignments, in.Allow))
	problems = append(problems, c.compileObject())
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	if !c.dynamic {
		c.fixed, c.fixedErr = c.build(&decision{values: make([]value, len(c.slots)), from: make([]source, len(c.slots))})
	}
	return c, nil
}

// Static says that neither an expression nor an assignment of the document changes the object:
// every request gets the same, unless Go code sets attributes.
func (c *Configuration) Static() bool {
	for _, a := range c.assignments.request {
		if a.choice.Family == schema.Override {
			return false
		}
	}
	return !c.dynamic
}

// compileObject takes the texts that are computed out of the object.
func (c *Configuration) compileObject() error {
	var problems []error
	c.object, _ = schema.Canonical(c.in.Object).(map[string]any)
	for _, pointer := range schema.Expressions(c.object) {
		i, known := indexes()[schema.PropertyAt(pointer)]
		switch {
		case !known:
			problems = append(problems, &Problem{Pointer: pointer, Err: errors.New("the value cannot be an expression")})
		case c.slots[i] == nil:
			s := &slot{pointer: "/" + strings.Join(properties()[i].path, "/")}
			s.raw, s.label = take(c.object, properties()[i].path), properties()[i].name
			if place := c.origin(s.pointer); place != "" {
				s.label += " (" + place + ")"
			}
			c.slots[i], c.dynamic = s, true
			if err := c.compileSlot(s, properties()[i]); err != nil {
				problems = append(problems, &Problem{Pointer: s.pointer, Err: err})
			}
		}
	}
	return errors.Join(problems...)
}

// origin is the place that the value at a pointer came from; "" for a default.
func (c *Configuration) origin(pointer string) string {
	place := ""
	for _, origin := range c.in.Origin {
		same := origin.Pointer == pointer || strings.HasPrefix(origin.Pointer, pointer+"/")
		of := origin.Endpoint == c.name || origin.Endpoint == ""
		if of && same && origin.Source != "" {
			place = origin.Source
		}
	}
	return place
}

func (c *Configuration) compileSlot(s *slot, p property) error {
	var err error
	if s.reader, err = compileRaw(s.raw, p); err != nil {
		return err
	}
	for _, text := range s.parts() {
		s.varies = s.varies || text.varies()
		if !c.freedom.trail.Depends(text.Template) {
			continue
		}
		s.depends = true
		if err := c.freedom.admit(p.name, text, c.in.Allow); err != nil {
			return err
		}
	}
	return nil
}

func compileRaw(raw any, p property) (reader, error) {
	switch raw := raw.(type) {
	case string:
		if p.name == schema.JaasConfig {
			return compileLogin(raw, expr.Configuration)
		}
		text, err := compilePart(raw, expr.Configuration)
		if p.name == schema.TopicPatterns {
			return patternReader{textReader{text}}, err
		}
		return textReader{text}, err
	case []any:
		r := listReader{}
		for i, item := range raw {
			text, ok := item.(string)
			if !ok {
				return nil, fmt.Errorf("item %d is no text", i+1)
			}
			compiled, err := compilePart(text, expr.Configuration)
			if err != nil {
				return nil, fmt.Errorf("item %d: %w", i+1, err)
			}
			r.items = append(r.items, compiled)
		}
		return r, nil
	}
	return nil, errors.New("is neither a text nor a list of texts")
}

// take removes the value at a path and gives it.
func take(object map[string]any, path []string) any {
	for _, name := range path[:len(path)-1] {
		object, _ = object[name].(map[string]any)
	}
	last := path[len(path)-1]
	value := object[last]
	delete(object, last)
	return value
}

// put sets the value at a path.
func put(object map[string]any, path []string, value any) {
	for _, name := range path[:len(path)-1] {
		inner, ok := object[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			object[name] = inner
		}
		object = inner
	}
	object[path[len(path)-1]] = value
}
