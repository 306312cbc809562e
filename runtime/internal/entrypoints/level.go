package entrypoints

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Decode reads the configuration of an entrypoint over its defaults. The generator and the
// gateway's start have checked it by schema, so what is unknown here belongs to somebody else.
func Decode[T any](e endpoint.Entrypoint, defaults T) (T, error) {
	if e.Config == "" {
		return defaults, nil
	}
	if err := json.Unmarshal([]byte(e.Config), &defaults); err != nil {
		return defaults, fmt.Errorf("configuration of %s: %w", e.Kind, err)
	}
	return defaults, nil
}

// Level reads the level of the quality of service that an entrypoint is configured for;
// "" is balanced. A level that the entrypoint does not have is an error.
func Level(kind endpoint.Kind, d endpoint.Direction, text string) (endpoint.QoS, error) {
	if text == "" {
		return endpoint.Balanced, nil
	}
	level, ok := endpoint.ParseQoS(text)
	if !ok {
		return "", fmt.Errorf("qos of %s: unknown level %q", kind, text)
	}
	if allowed := endpoint.Matrix(kind, d); !slices.Contains(allowed, level) {
		return "", fmt.Errorf("qos of %s: it has no level %q, it has %v", kind, level, allowed)
	}
	return level, nil
}
