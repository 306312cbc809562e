package schema

import (
	"slices"
	"strings"
	"sync"
)

// Family says what setting an attribute does.
type Family uint8

// The families.
const (
	Free     Family = iota // nothing by itself: expressions read it
	Override               // gravitee.attributes.endpoint.kafka.<property path> replaces a property
	Shortcut               // gravitee.attribute.kafka.<property> chooses topics, group or key
)

// The properties that an attribute of the family Shortcut chooses, beside ProducerTopics and
// ConsumerTopics.
const (
	GroupID   = "groupId"
	RecordKey = "recordKey"
	Topics    = "topics" // deprecated: of the producer and of the consumer
)

// Properties that the rules of this file speak of.
const (
	ProducerTopics = "producer.topics"
	ConsumerTopics = "consumer.topics"
	TopicPatterns  = "consumer.topicPattern"
	Brokers        = "bootstrapServers"
	JaasConfig     = "security.sasl.saslJaasConfig"
)

// Choice is what an attribute chooses.
type Choice struct {
	Family Family
	// Property is the path of a configuration property in its canonical spelling,
	// "consumer.topicPattern" or "security.ssl.keystore.type", or GroupID, RecordKey, Topics. It is
	// empty for a free name.
	Property string
}

// shortcuts are the names of the family Shortcut without their prefix.
var shortcuts = []string{ProducerTopics, ConsumerTopics, GroupID, RecordKey, Topics}

// choices maps every name of both families.
var choices = sync.OnceValue(func() map[string]Choice {
	known := map[string]Choice{}
	for _, path := range propertyPaths() {
		known[attributePrefix+path] = Choice{Override, canonicalPath(path)}
	}
	for _, name := range shortcuts {
		known[shortcutPrefix+name] = Choice{Shortcut, name}
	}
	return known
})

// Attribute says what the attribute of a name chooses.
func Attribute(name string) Choice { return choices()[name] }

// AttributeNames lists the names of attributes that choose a property: of the family Override the
// canonical spelling comes first.
func AttributeNames(family Family, property string) []string {
	var names []string
	for name, choice := range choices() {
		if choice == (Choice{family, property}) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if a == attributePrefix+property || b != attributePrefix+property && a < b {
			return -1
		}
		return 1
	})
	return names
}

// Overridable lists the configuration properties that attributes and expressions can change, in
// canonical spelling, sorted.
func Overridable() []string {
	var paths []string
	for _, choice := range choices() {
		if choice.Family == Override {
			paths = append(paths, choice.Property)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// PerMessage says whether an attribute of the phase message can choose a property.
func (c Choice) PerMessage() bool {
	switch c.Property {
	case ProducerTopics, RecordKey, Topics:
		return true
	}
	return c.Family == Free
}

// Deprecated says whether another attribute is to be used instead.
func (c Choice) Deprecated() bool { return c == Choice{Shortcut, Topics} }

// PropertyAt is the property that a JSON pointer into an endpoint object is about, in canonical
// spelling; of an item of a list it is the list's. It is empty for what attributes cannot change.
func PropertyAt(pointer string) string {
	parts := segments(pointer)
	if len(parts) < 2 || parts[0] != "configuration" && parts[0] != "sharedConfigurationOverride" {
		return ""
	}
	path := canonicalPath(strings.Join(parts[1:], "."))
	for _, list := range []string{ProducerTopics, ConsumerTopics} {
		if strings.HasPrefix(path, list+".") {
			path = list
		}
	}
	if _, known := choices()[attributePrefix+path]; !known {
		return ""
	}
	return path
}

// PropertyPointer is the JSON pointer of a configuration property in an endpoint object.
func PropertyPointer(property string) string {
	holder := "/sharedConfigurationOverride/"
	if property == Brokers {
		holder = "/configuration/"
	}
	return holder + strings.ReplaceAll(property, ".", "/")
}

// canonicalPath gives a path its one spelling.
func canonicalPath(path string) string {
	if path == "consumer.topics.pattern" {
		return TopicPatterns
	}
	return strings.Replace(path, "security.ssl.keyStore", "security.ssl.keystore", 1)
}

// Excludes lists the properties that cannot stand beside a property: an attribute that sets it
// removes them, as Merge does.
func Excludes(property string) []string {
	holder, name := "", property
	if i := strings.LastIndexByte(property, '.'); i >= 0 {
		holder, name = property[:i+1], property[i+1:]
	}
	var out []string
	for _, pair := range exclusive {
		other := ""
		switch name {
		case pair[0]:
			other = holder + pair[1]
		case pair[1]:
			other = holder + pair[0]
		}
		if _, known := choices()[attributePrefix+other]; known {
			out = append(out, other)
		}
	}
	return out
}

// Governed lists the entries of x-kafka-allow that judge a value of a property that depends on a
// request: one, both directions' for Topics, none for a property that requests may choose freely.
// Of several, the one of the direction counts in which the topics are used.
func Governed(property string) []string {
	switch property {
	case ProducerTopics, ConsumerTopics, TopicPatterns, Brokers, GroupID:
		return []string{property}
	case Topics:
		return []string{ProducerTopics, ConsumerTopics}
	}
	if strings.HasPrefix(property, "security.") {
		return []string{property}
	}
	return nil
}

// FileLocation says whether a property names a file of the gateway's machine. Such a value never
// depends on a request.
func FileLocation(property string) bool { return strings.HasSuffix(property, ".location") }

// FreeJaasOption says whether requests may choose an option of saslJaasConfig without an entry of
// x-kafka-allow: their own credentials.
func FreeJaasOption(name string) bool {
	switch name {
	case "access_token", "oauth.access.token", "username", "password":
		return true
	}
	return false
}

// FileJaasOption is FileLocation for an option of saslJaasConfig.
func FileJaasOption(name string) bool {
	switch name {
	case "keyTab", "ticketCache":
		return true
	}
	return strings.HasSuffix(strings.ToLower(name), ".location")
}

// SecretProperty says whether a property's value must not be shown.
func SecretProperty(property string) bool { return setsSecret(attributePrefix + property) }

// Allowed says whether a value matches an entry of x-kafka-allow: one that is equal, one that ends
// with * and begins like it, or *.
func Allowed(entries []string, value string) bool {
	return slices.ContainsFunc(entries, func(entry string) bool {
		prefix, open := strings.CutSuffix(entry, "*")
		return entry == value || open && strings.HasPrefix(value, prefix)
	})
}
