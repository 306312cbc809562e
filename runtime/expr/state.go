package expr

import (
	"sync"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
)

// Scope gives the variables of one evaluation, by their names without "#". It is called once
// for each use of a variable.
type Scope interface {
	Variable(name string) (Value, error)
}

// state is one evaluation: its scope and what it used up.
type state struct {
	bounds.Budget
	scope  Scope
	items  []Value // #this, innermost last
	grants bool    // see Template.Grants
}

var states = sync.Pool{New: func() any { return new(state) }}

// eval computes one node.
type eval func(*state) (Value, error)

func begin(scope Scope) *state {
	s := states.Get().(*state)
	s.scope, s.Budget, s.grants = scope, bounds.Budget{}, false
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
