package core

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// redacted stands for a secret wherever one is printed.
const redacted = "REDACTED"

// Secret is a text that prints REDACTED in logs, errors, JSON, YAML and fmt, by every verb.
//
// The text is behind a pointer because fmt does not ask what is in an unexported field how it
// wants to be printed: it would print the text itself, and prints an address so.
type Secret struct{ text *string }

// NewSecret hides a text. The empty text is the zero value.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal gives the text to the one place that needs it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// String is REDACTED.
func (Secret) String() string { return redacted }

// GoString is REDACTED.
func (Secret) GoString() string { return redacted }

// Format writes REDACTED for any verb.
func (Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, redacted) // fmt knows of no errors here
}

// LogValue is REDACTED.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON is "REDACTED".
func (Secret) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// MarshalText is REDACTED.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
