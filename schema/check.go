package schema

import (
	"fmt"
	"net/netip"
	"strconv"
)

// check applies the rule that a schema names with penstock:check: one that draft-07 cannot say.
func (n node) check(mode Mode, value any, pointer string) []finding {
	name, _ := n.schema["penstock:check"].(string)
	if name == "" {
		return nil
	}
	if name == "uniqueNames" {
		return uniqueNames(value, pointer)
	}
	text, ok := value.(string)
	if !ok || text == "" || mode == Template && IsExpression(text) {
		return nil
	}
	message := textChecks[name](text)
	if message == "" {
		return nil
	}
	return []finding{{Issue{Pointer: pointer, Message: message}, rankValue}}
}

// textChecks holds the rules about text; "" is a pass.
var textChecks = map[string]func(text string) string{
	"topicPattern":  checkTopicPattern,
	"network":       checkNetwork,
	"attributeName": checkAttributeName,
}

func checkTopicPattern(text string) string {
	if _, err := TopicPattern(text); err != nil {
		return err.Error()
	}
	return ""
}

func checkNetwork(text string) string {
	if _, err := netip.ParsePrefix(text); err == nil {
		return ""
	}
	if _, err := netip.ParseAddr(text); err == nil {
		return ""
	}
	return fmt.Sprintf("a network is written like 10.0.0.0/8 or ::1, not %q", text)
}

// uniqueNames reports every endpoint or group whose name another one before it has.
func uniqueNames(value any, pointer string) []finding {
	seen := map[string]string{}
	var out []finding
	see := func(object map[string]any, fallback, pointer string) {
		if isReference(object) {
			return
		}
		name, ok := object["name"].(string)
		if !ok {
			name = fallback
		}
		if name == "" {
			return
		}
		if first, ok := seen[name]; ok {
			message := fmt.Sprintf("the name %q is taken by %s: names are unique over all groups and endpoints", name, first)
			out = append(out, finding{Issue{Pointer: pointer, Message: message}, rankValue})
			return
		}
		seen[name] = pointer
	}
	groups, _ := value.([]any)
	for i, group := range groups {
		group, _ := group.(map[string]any)
		at := pointer + "/" + strconv.Itoa(i)
		see(group, "", at)
		endpoints, _ := group["endpoints"].([]any)
		for j, endpoint := range endpoints {
			endpoint, _ := endpoint.(map[string]any)
			see(endpoint, "default", at+"/endpoints/"+strconv.Itoa(j))
		}
	}
	return out
}
