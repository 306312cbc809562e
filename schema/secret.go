package schema

import (
	"sort"
	"strings"
)

// redacted stands for a secret wherever one is printed.
const redacted = "REDACTED"

// SecretPaths lists the JSON pointers of the secrets of a kind, sorted; "*" stands for any name
// or index.
func SecretPaths(kind Kind) []string {
	var out []string
	for _, property := range Properties(kind) {
		if property.Secret {
			out = append(out, "/"+strings.Join(property.Path, "/"))
		}
	}
	sort.Strings(out)
	return out
}

// Redact copies a value with REDACTED for every secret in it: login configuration, passwords and
// private keys, in any spelling, also where an attribute's value sets one.
func Redact(kind Kind, value any) any {
	return root(kind).redact(value)
}

func (n node) redact(value any) any {
	if n.schema["writeOnly"] == true && value != nil {
		return redacted
	}
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for name, member := range value {
			if property, ok := n.property(name); ok {
				member = property.redact(member)
			}
			out[name] = member
		}
		if name, _ := value["name"].(string); setsSecret(name) && value["value"] != nil {
			out["value"] = redacted
		}
		return out
	case []any:
		items, ok := n.child(n.schema["items"])
		if !ok {
			return deepCopy(value)
		}
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = items.redact(item)
		}
		return out
	}
	return value
}

// setsSecret reports whether an attribute of this name overrides a secret.
func setsSecret(name string) bool {
	path, ok := strings.CutPrefix(name, attributePrefix)
	if !ok {
		return false
	}
	for _, secret := range SecretPaths(Endpoint) {
		if strings.HasSuffix(secret, "/"+strings.ReplaceAll(path, ".", "/")) {
			return true
		}
	}
	return false
}
