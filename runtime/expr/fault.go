package expr

import (
	"errors"
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
)

// Fault is one problem of a text with expressions, found when compiling.
type Fault struct {
	Offset  int    // in the text, in bytes from 0
	Message string // plain sentence, lower case, no full stop
}

// Faults are all problems of a text, in the order of their offsets. It is the error of Compile.
type Faults []Fault

// Error lists the faults, each with its character, counted from 1.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fmt.Sprintf("character %d: %s", fault.Offset+1, fault.Message)
	}
	return strings.Join(lines, "; ")
}

// EvaluationError is a failure at run time, with the offset of the operation that failed.
type EvaluationError struct {
	Offset int // in the text, in bytes from 0
	Err    error
}

// Error is "character N: reason", counted from 1.
func (e *EvaluationError) Error() string {
	return fmt.Sprintf("character %d: %v", e.Offset+1, e.Err)
}

// Unwrap gives the reason.
func (e *EvaluationError) Unwrap() error { return e.Err }

// ErrLimit is the reason of every evaluation that was stopped by a limit.
var ErrLimit = bounds.Err

// at gives an error its place; the innermost place is kept.
func at(offset int, err error) error {
	var placed *EvaluationError
	if errors.As(err, &placed) {
		return err
	}
	return &EvaluationError{Offset: offset, Err: err}
}
