package schema

import (
	"regexp"
	"sort"
	"strconv"
)

// expressionPart is the start of a part that is computed; any other "{" is plain text. The same
// pattern stands in expression.json.
var expressionPart = regexp.MustCompile(`\{\s*(#|\(|T\()`)

// IsExpression reports whether a text has a part {#…}, {(…)} or {T(…)…}.
func IsExpression(text string) bool { return expressionPart.MatchString(text) }

// Expressions lists the JSON pointers of all strings in a value that hold an expression, sorted.
func Expressions(value any) []string {
	var out []string
	var walk func(value any, pointer string)
	walk = func(value any, pointer string) {
		switch value := value.(type) {
		case string:
			if IsExpression(value) {
				out = append(out, pointer)
			}
		case map[string]any:
			for name, member := range value {
				walk(member, join(pointer, name))
			}
		case []any:
			for i, item := range value {
				walk(item, pointer+"/"+strconv.Itoa(i))
			}
		}
	}
	walk(value, "")
	sort.Strings(out)
	return out
}
