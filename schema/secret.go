package schema

import (
	"sort"
	"strings"
	"sync"
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

// endpointSecrets are those of an endpoint, which are asked for with every attribute.
var endpointSecrets = sync.OnceValue(func() []string { return SecretPaths(Endpoint) })

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
		if name, _ := value["name"].(string); SecretAttribute(name) && value["value"] != nil {
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

// SecretAttribute reports whether the value of an attribute is a secret: it overrides one, or its
// name ends as if it should, as "…keystore.password" does whatever stands before it.
func SecretAttribute(name string) bool {
	if SecretProperty(Attribute(name).Property) {
		return true
	}
	for _, secret := range endpointSecrets() {
		names := strings.Split(secret, "/")
		if strings.HasSuffix(strings.ToLower(name), strings.ToLower(strings.Join(names[len(names)-2:], "."))) {
			return true
		}
	}
	return setsSecret(name)
}

// setsSecret reports whether an attribute of this name overrides a secret.
func setsSecret(name string) bool {
	path, ok := strings.CutPrefix(name, attributePrefix)
	if !ok {
		return false
	}
	for _, secret := range endpointSecrets() {
		if strings.HasSuffix(secret, "/"+strings.ReplaceAll(path, ".", "/")) {
			return true
		}
	}
	return false
}
