package schema

import (
	"fmt"
	"slices"
	"strings"
)

// attributePrefix begins the names of the attributes that override a configuration property.
const attributePrefix = "gravitee.attributes.endpoint.kafka."

// checkAttributeName refuses an override of a property that does not exist; other names are free.
func checkAttributeName(text string) string {
	path, ok := strings.CutPrefix(text, attributePrefix)
	if !ok {
		return ""
	}
	known := propertyPaths()
	if slices.Contains(known, path) {
		return ""
	}
	message := fmt.Sprintf("no attribute overrides %q", path)
	if meant, ok := Suggest(path, known); ok {
		message += fmt.Sprintf(": did you mean %q?", meant)
	}
	return message
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
