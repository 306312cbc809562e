package runtime

import (
	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// Message is what a hook sees: one message, its payload decoded to T.
type Message[T any] = core.Message[T]

// Header is one header of a message.
type Header = core.Header

// Error is a failure with a stable code. A hook that returns one chooses code and detail.
type Error = core.Error

// Code names one kind of failure; docs/errors.md lists them.
type Code = core.Code

// Violation is one broken rule of a message.
type Violation = core.Violation

// Secret is a text that prints REDACTED everywhere.
type Secret = core.Secret

// Config is the configuration of a gateway. LoadConfig makes it; its fields may be changed
// before New.
type Config = config.Config

// Skip is returned by a subscribe hook for a record that its readers shall not see. The record
// counts as delivered.
var Skip = core.ErrSkip

// CodeOf finds the code of an error; an error without one is FAILURE_INTERNAL, nil is "".
func CodeOf(err error) Code { return core.CodeOf(err) }

// NewError makes an error whose detail the web client may read.
func NewError(code Code, detail string) *Error { return core.NewError(code, detail) }
