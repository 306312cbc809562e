package override

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/schema"
)

// assignment is one compiled entry of x-kafka-attributes.
type assignment struct {
	endpoint.Attribute
	choice    schema.Choice
	condition *expr.Template // nil: always
	compute   func(expr.Scope) (any, error)
	parts     []*part
	skips     skips
}

// compileAssignments compiles a list; the error joins a *Problem for each fault.
func compileAssignments(list []endpoint.Attribute) ([]*assignment, error) {
	var problems []error
	compiled := make([]*assignment, 0, len(list))
	for _, attribute := range list {
		a, err := compileAssignment(attribute)
		if err != nil {
			problems = append(problems, attributeProblem(attribute, err))
			continue
		}
		compiled = append(compiled, a)
	}
	return compiled, errors.Join(problems...)
}

func attributeProblem(a endpoint.Attribute, err error) error {
	return &Problem{Source: a.Source, Err: fmt.Errorf("attribute %q: %w", a.Name, err)}
}

func compileAssignment(attribute endpoint.Attribute) (*assignment, error) {
	place := expr.Request
	if attribute.Message {
		place = expr.Message
	}
	a := &assignment{Attribute: attribute, choice: schema.Attribute(attribute.Name)}
	if attribute.Message && !a.choice.PerMessage() {
		return nil, fmt.Errorf("%s is chosen once for a request: the phase message is for producer.topics, topics, recordKey and free names", a.choice.Property)
	}
	var problems []error
	if attribute.Condition != "" {
		condition, err := expr.Compile(attribute.Condition, place)
		if err != nil {
			problems = append(problems, fmt.Errorf("condition: %w", err))
		}
		a.condition = condition
	}
	if err := a.compileValue(place); err != nil {
		problems = append(problems, fmt.Errorf("value: %w", err))
	}
	return a, errors.Join(problems...)
}

func (a *assignment) compileValue(place expr.Place) error {
	decoder := json.NewDecoder(bytes.NewReader([]byte(a.Value)))
	decoder.UseNumber()
	var written any
	if err := decoder.Decode(&written); err != nil {
		return fmt.Errorf("of the descriptor: %w", err)
	}
	switch written := written.(type) {
	case string:
		return a.compileText(written, place)
	case []any:
		return a.compileList(written, place)
	case nil, map[string]any:
		return errors.New("is none of a text, a number, a boolean and a list of texts")
	}
	literal, err := expr.ValueOf(written).Any()
	a.compute = func(expr.Scope) (any, error) { return literal, nil }
	return err
}

func (a *assignment) compileText(text string, place expr.Place) error {
	if a.choice == (schema.Choice{Family: schema.Override, Property: schema.JaasConfig}) {
		login, err := compileLogin(text, place)
		if err != nil {
			return err
		}
		a.parts = login.parts()
		a.compute = func(scope expr.Scope) (any, error) {
			v, err := login.read(scope)
			if !v.written {
				return nil, err
			}
			return v.text, err
		}
		return nil
	}
	p, err := compilePart(text, place)
	if err != nil {
		return err
	}
	a.parts = []*part{p}
	read := p.Value
	switch a.choice.Property {
	case schema.ProducerTopics, schema.ConsumerTopics, schema.Topics:
		read = p.Names
	case schema.TopicPatterns:
		read = p.Pattern
	}
	a.compute = func(scope expr.Scope) (any, error) {
		v, err := read(scope)
		if err != nil {
			return nil, err
		}
		return v.Any()
	}
	return nil
}

// compileList compiles a list of texts. An item that is a list adds its items.
func (a *assignment) compileList(items []any, place expr.Place) error {
	for i, item := range items {
		text, ok := item.(string)
		if !ok {
			return fmt.Errorf("item %d is no text", i+1)
		}
		p, err := compilePart(text, place)
		if err != nil {
			return fmt.Errorf("item %d: %w", i+1, err)
		}
		a.parts = append(a.parts, p)
	}
	a.compute = func(scope expr.Scope) (any, error) {
		var list []any
		for i, p := range a.parts {
			v, err := p.Value(scope)
			if err != nil {
				return nil, fmt.Errorf("item %d: %w", i+1, err)
			}
			item, err := v.Any()
			if err != nil {
				return nil, fmt.Errorf("item %d: %w", i+1, err)
			}
			switch item := item.(type) {
			case nil:
			case []any:
				list = append(list, item...)
			default:
				list = append(list, item)
			}
		}
		return list, nil
	}
	return nil
}

// holds says whether the condition holds; one that fails does not, and the error says why.
func (a *assignment) holds(scope expr.Scope) (bool, error) {
	if a.condition == nil {
		return true, nil
	}
	ok, err := a.condition.Bool(scope)
	if err != nil {
		return false, fmt.Errorf("condition: %w", err)
	}
	return ok, nil
}

// skips says when a skipped assignment is logged: once in a second.
type skips struct {
	logged atomic.Int64 // nanoseconds of Unix time
	silent atomic.Int64
}

// due reports whether to log now, and how many were not logged since the last time.
func (s *skips) due(now time.Time) (silent int64, due bool) {
	last := s.logged.Load()
	if now.UnixNano()-last < int64(time.Second) || !s.logged.CompareAndSwap(last, now.UnixNano()) {
		s.silent.Add(1)
		return 0, false
	}
	return s.silent.Swap(0), true
}
