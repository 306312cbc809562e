// Package topics knows which names Kafka topics may have, and fills the names that hold path
// parameters.
package topics

import (
	"errors"
	"fmt"
	"strings"
)

// maxName is the longest name of a topic, in bytes (Kafka's Topic.MAX_NAME_LENGTH).
const maxName = 249

// Check says what makes a name illegal for a topic, by the rule of Kafka's Topic.validate:
// 1 to 249 of [A-Za-z0-9._-], and neither "." nor "..".
func Check(name string) error {
	switch {
	case name == "":
		return errors.New("topic name is empty")
	case name == "." || name == "..":
		return fmt.Errorf("topic name %q is not allowed", name)
	case len(name) > maxName:
		return fmt.Errorf("topic name is longer than %d characters", maxName)
	}
	for _, c := range name {
		if !isWord(c) && c != '.' {
			return fmt.Errorf("topic name %q holds %q: only letters, digits, '.', '_' and '-' are allowed", name, c)
		}
	}
	return nil
}

// Internal reports whether a name belongs to Kafka or to tools beside it ("__consumer_offsets").
// Requests never reach such topics.
func Internal(name string) bool { return strings.HasPrefix(name, "__") }

// isWord reports whether a parameter without an enumeration may hold the character. A dot may
// not: it separates the topics of other teams.
func isWord(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}
