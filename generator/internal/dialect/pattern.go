package dialect

import (
	"errors"
	"maps"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// pattern keeps a regular expression that RE2 can run, in RE2's spelling.
func (n *normaliser) pattern(v any, path []string) (any, bool) {
	text, ok := v.(string)
	if !ok {
		return nil, n.refuse(path, "must be a text")
	}
	translated, reason := re2(text)
	if reason != "" {
		return nil, n.refuse(path, "%q cannot be checked, %s", text, reason)
	}
	return translated, true
}

// patternMap does the same for patternProperties. One pattern that cannot run makes it unknown
// which properties are additional ones, so that the whole keyword goes.
func (n *normaliser) patternMap(v any, path []string) (any, bool) {
	object, ok := v.(map[string]any)
	if !ok {
		return nil, n.refuse(path, "must be an object of schemas")
	}
	out := map[string]any{}
	for _, pattern := range slices.Sorted(maps.Keys(object)) {
		translated, reason := re2(pattern)
		if reason != "" {
			// The key stays, for additionalProperties; matching everything is the only reading
			// that refuses no correct message.
			n.warn(extend(path, pattern), "pattern %q cannot be checked, %s: every property is allowed", pattern, reason)
			return map[string]any{"": true}, true
		}
		out[translated] = n.schemaAt(object[pattern], extend(path, pattern))
	}
	return out, len(out) > 0
}

// re2 translates the few spellings of ECMA 262 that RE2 writes in another way. The reason is ""
// when the result compiles.
func re2(pattern string) (translated, reason string) {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] == '\\' && i+1 < len(pattern) {
			if pattern[i+1] == 'u' && i+6 <= len(pattern) && hex(pattern[i+2:i+6]) {
				b.WriteString(`\x{` + pattern[i+2:i+6] + `}`)
				i += 5
				continue
			}
			b.WriteString(pattern[i : i+2])
			i++
			continue
		}
		b.WriteByte(pattern[i])
	}
	translated = b.String()
	if _, err := regexp.Compile(translated); err != nil {
		return "", unsupported(pattern, err)
	}
	return translated, ""
}

// unsupported names the reason in words of the author, not of the parser.
func unsupported(pattern string, err error) string {
	for _, look := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.Contains(pattern, look) {
			return "look-around " + look + "…) is not supported (RE2)"
		}
	}
	var parse *syntax.Error
	if errors.As(err, &parse) {
		return "it is not RE2: " + parse.Code.String() + " " + parse.Expr
	}
	return "it is not RE2: " + err.Error()
}

func hex(text string) bool {
	return strings.Trim(text, "0123456789abcdefABCDEF") == ""
}
