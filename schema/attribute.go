package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/schema/spelling"
)

const (
	// attributePrefix begins the names of the attributes that override a configuration property.
	attributePrefix = "gravitee.attributes.endpoint.kafka."
	// shortcutPrefix begins the names of the attributes that choose topics, group and key.
	shortcutPrefix = "gravitee.attribute.kafka."
	// readPrefix may be left out where an attribute is read, and not where it is set.
	readPrefix = "gravitee.attribute."
)

// checkAttributeName refuses an override of a property that does not exist, and a name that is
// nearly one of the two families, or lacks the start of one; other names are free.
func checkAttributeName(text string) string {
	if Attribute(text).Family != Free {
		return ""
	}
	path, overrides := strings.CutPrefix(text, attributePrefix)
	if overrides {
		message := fmt.Sprintf("no attribute overrides %q", path)
		if meant, ok := spelling.Near(path, propertyPaths()); ok {
			return message + fmt.Sprintf(": did you mean %q?", meant)
		}
		if beside := siblings(path); len(beside) > 0 {
			message += ": there are " + strings.Join(beside, ", ")
		}
		return message
	}
	meant, ok := readPrefix+text, Attribute(readPrefix+text).Family != Free
	if !ok {
		meant, ok = spelling.Near(text, slices.Sorted(maps.Keys(choices())))
	}
	if _, path, found := strings.Cut(text, "kafka."); found && !ok && strings.HasPrefix(text, "gravitee.") {
		meant, ok = attributePrefix+path, Attribute(attributePrefix+path).Family != Free
	}
	if ok {
		return fmt.Sprintf("no attribute is named %q: did you mean %q?", text, meant)
	}
	return ""
}

// siblings lists the properties that stand beside one that does not exist.
func siblings(path string) []string {
	parent := path[:strings.LastIndexByte(path, '.')+1]
	return slices.DeleteFunc(propertyPaths(), func(other string) bool {
		rest, below := strings.CutPrefix(other, parent)
		return parent == "" || !below || strings.Contains(rest, ".")
	})
}

// propertyPaths lists the configuration properties that an attribute can override, as the
// attributes' names write them.
func propertyPaths() []string {
	var out []string
	for _, property := range Properties(Endpoint) {
		if len(property.Path) < 2 || len(property.Types) == 1 && property.Types[0] == "object" {
			continue
		}
		if property.Path[0] != "configuration" && property.Path[0] != "sharedConfigurationOverride" {
			continue
		}
		if property.Path[len(property.Path)-1] != "*" {
			out = append(out, strings.Join(property.Path[1:], "."))
		}
	}
	return out
}
