package schema

import (
	"strconv"
	"strings"
)

var (
	pointerEscaper   = strings.NewReplacer("~", "~0", "/", "~1")
	pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

// join appends a member's name to a JSON pointer.
func join(pointer, name string) string { return pointer + "/" + pointerEscaper.Replace(name) }

// segments splits a JSON pointer.
func segments(pointer string) []string {
	if pointer == "" {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i := range parts {
		parts[i] = pointerUnescaper.Replace(parts[i])
	}
	return parts
}

// at finds the value that a pointer names.
func at(value any, pointer string) (any, bool) {
	for _, segment := range segments(pointer) {
		switch holder := value.(type) {
		case map[string]any:
			member, ok := holder[segment]
			if !ok {
				return nil, false
			}
			value = member
		case []any:
			i, err := strconv.Atoi(segment)
			if err != nil || i < 0 || i >= len(holder) {
				return nil, false
			}
			value = holder[i]
		default:
			return nil, false
		}
	}
	return value, true
}
