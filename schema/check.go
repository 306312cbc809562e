package schema

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
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

// checkTopicPattern accepts what RE2 reads with the meaning that it has in Java.
func checkTopicPattern(text string) string {
	for _, look := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.Contains(text, look) {
			return fmt.Sprintf("look-around %s…) does not exist in RE2, whose time is linear: list the topics instead", look)
		}
	}
	if strings.Contains(text, "&&[") {
		return "an intersection of classes (&&[…]) does not exist in RE2"
	}
	if _, err := regexp.Compile(text); err != nil {
		var parse *syntax.Error
		if errors.As(err, &parse) {
			return fmt.Sprintf("not a regular expression (RE2): %s: %s", parse.Code, parse.Expr)
		}
		return fmt.Sprintf("not a regular expression (RE2): %v", err)
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
