package runtime

import (
	"encoding/json"
	"strings"
)

// jsonCodec reads and writes payloads as JSON text.
type jsonCodec[T any] struct{}

func (jsonCodec[T]) decode(data []byte) (T, error) {
	var payload T
	err := json.Unmarshal(data, &payload)
	return payload, err
}

func (jsonCodec[T]) encode(payload T) ([]byte, error) { return json.Marshal(payload) }

func (jsonCodec[T]) change(original, before, after []byte) []byte {
	return carry(original, before, after)
}

// rawCodec hands the bytes to the hook. Decoding copies, because a hook may write into them
// while a record that was read is shared.
type rawCodec struct{}

func (rawCodec) decode(data []byte) ([]byte, error) { return append([]byte{}, data...), nil }

func (rawCodec) encode(payload []byte) ([]byte, error) { return append([]byte{}, payload...), nil }

func (rawCodec) change(_, _, after []byte) []byte { return after }

// pointer turns the path of encoding/json, "a.b", into a JSON pointer.
func pointer(field string) string {
	if field == "" {
		return ""
	}
	parts := strings.Split(field, ".")
	for i, part := range parts {
		parts[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(part)
	}
	return "/" + strings.Join(parts, "/")
}
