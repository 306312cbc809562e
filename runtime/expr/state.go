package expr

import (
	"fmt"
	"sync"
)

// state is one evaluation: its scope and what it used up.
type state struct {
	scope Scope
	steps int
	bytes int
	items []Value // #this, innermost last
}

var states = sync.Pool{New: func() any { return new(state) }}

var (
	errSteps = fmt.Errorf("%w: %d steps", ErrLimit, maxSteps)
	errBytes = fmt.Errorf("%w: %d bytes", ErrLimit, maxBytes)
)

// eval computes one node.
type eval func(*state) (Value, error)

func begin(scope Scope) *state {
	s := states.Get().(*state)
	s.scope, s.steps, s.bytes = scope, 0, 0
	return s
}

func (s *state) end() {
	s.scope = nil
	if cap(s.items) > 0 {
		clear(s.items[:cap(s.items)])
		s.items = s.items[:0]
	}
	states.Put(s)
}

// step counts a step.
func (s *state) step() error {
	if s.steps++; s.steps > maxSteps {
		return errSteps
	}
	return nil
}

// look counts the work on a text that exists.
func (s *state) look(bytes int) error {
	s.steps += bytes >> 10
	return s.step()
}

// take counts bytes before they are made.
func (s *state) take(bytes int) error {
	if s.bytes += bytes; bytes < 0 || s.bytes > maxBytes {
		return errBytes
	}
	return nil
}

// made counts a text that an operation made.
func (s *state) made(text string) (Value, error) {
	return TextValue(text), s.take(len(text))
}

// itemBytes is what an item of a list counts.
const itemBytes = 48
