package config

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted is all that is ever printed of apis.* and auth.*, which hold credentials.
const redacted = "REDACTED"

// hidden keeps a value out of every print. It is a function because fmt follows pointers, also
// where it asks no method: in unexported fields, and for verbs that do not fit.
type hidden[T any] func() *T

func hide[T any](value *T) hidden[T] { return func() *T { return value } }

// get gives the value; nil where nothing was hidden.
func (h hidden[T]) get() *T {
	if h == nil {
		return nil
	}
	return h()
}

// secretive prints REDACTED.
type secretive struct{}

// Format writes REDACTED for any verb.
func (secretive) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, redacted) // fmt knows of no errors here
}

// String is REDACTED.
func (secretive) String() string { return redacted }

// LogValue is REDACTED.
func (secretive) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON is "REDACTED".
func (secretive) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
