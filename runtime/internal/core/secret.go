package core

import (
	"encoding/json"
	"log/slog"
)

// redacted stands for a secret wherever one is printed.
const redacted = "REDACTED"

// Secret is a text that prints REDACTED in logs, errors, JSON and fmt.
type Secret struct{ text string }

// NewSecret hides a text.
func NewSecret(text string) Secret { return Secret{text} }

// Reveal gives the text to the one place that needs it.
func (s Secret) Reveal() string { return s.text }

// String is REDACTED.
func (Secret) String() string { return redacted }

// GoString is REDACTED.
func (Secret) GoString() string { return redacted }

// LogValue is REDACTED.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON is "REDACTED".
func (Secret) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }
