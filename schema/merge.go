package schema

import "strings"

// Merge applies a patch by RFC 7386: objects merge, null deletes, everything else replaces.
//
// Beyond the RFC, properties that exclude each other (topics and topicPattern; location and
// certificates or key of a store) do so over the two: a patch that has one removes the base's
// other. Both are brought to their canonical spelling first (see Canonical), so the result has no
// other. Neither argument is changed, and the result shares nothing with them.
func Merge(base, patch any) any { return merge(Canonical(base), Canonical(patch)) }

var exclusive = [][2]string{{"topics", "topicPattern"}, {"location", "certificates"}, {"location", "key"}}

func merge(base, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	out, ok := base.(map[string]any)
	if !ok {
		out = map[string]any{}
	}
	for _, pair := range exclusive {
		first, second := changes[pair[0]] != nil, changes[pair[1]] != nil
		if first && !second {
			delete(out, pair[1])
		}
		if second && !first {
			delete(out, pair[0])
		}
	}
	for name, change := range changes {
		if change == nil {
			delete(out, name)
			continue
		}
		out[name] = merge(out[name], change)
	}
	return out
}

// Canonical copies a value and gives every property its one spelling: keyStore becomes keystore;
// "topics.pattern" and topics: {pattern} become topicPattern; SCRAM_SHA_256 and its like become
// SCRAM-SHA-256. Where a value has two spellings of one property, which is an error that Validate
// reports, both are kept.
func Canonical(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for name, member := range value {
			out[name] = Canonical(member)
		}
		rename(out, "keyStore", "keystore")
		rename(out, "topics.pattern", "topicPattern")
		canonicalTopics(out)
		if mechanism, ok := out["saslMechanism"].(string); ok {
			out["saslMechanism"] = canonicalMechanism(mechanism)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = Canonical(item)
		}
		return out
	}
	return value
}

func rename(object map[string]any, from, to string) {
	value, ok := object[from]
	if _, taken := object[to]; !ok || taken {
		return
	}
	delete(object, from)
	object[to] = value
}

// canonicalTopics lifts the pattern out of topics: {pattern}.
func canonicalTopics(object map[string]any) {
	topics, ok := object["topics"].(map[string]any)
	if !ok || len(topics) != 1 {
		return
	}
	pattern, ok := topics["pattern"]
	if _, taken := object["topicPattern"]; !ok || taken {
		return
	}
	delete(object, "topics")
	object["topicPattern"] = pattern
}

func canonicalMechanism(mechanism string) string {
	switch mechanism {
	case "SCRAM_SHA-256", "SCRAM_SHA_256", "SCRAM_SHA-512", "SCRAM_SHA_512":
		return strings.ReplaceAll(mechanism, "_", "-")
	}
	return mechanism
}
