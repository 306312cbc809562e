package caller

import "strings"

// element is what one proxy has noted in Forwarded: which client it saw, and how that asked.
type element struct{ node, proto, host string }

// parseForwarded reads a header Forwarded (RFC 7239 section 4); ok is false where it breaks the
// grammar, or an element has a parameter twice.
func parseForwarded(text string) (elements []element, ok bool) {
	rest := text
	for rest = skipSpace(rest); rest != ""; rest = skipSpace(rest) {
		if rest[0] == ',' { // an empty item of a list
			rest = rest[1:]
			continue
		}
		var one element
		if one, rest, ok = parseElement(rest); !ok {
			return nil, false
		}
		elements = append(elements, one)
	}
	return elements, true
}

// parseElement reads pairs up to a comma or the end.
func parseElement(text string) (one element, rest string, ok bool) {
	seen := map[string]bool{}
	for rest = skipSpace(text); rest != "" && rest[0] != ','; rest = skipSpace(rest) {
		if rest[0] == ';' {
			rest = skipSpace(rest[1:])
			continue
		}
		name, after, found := strings.Cut(rest, "=")
		name = strings.ToLower(name)
		if !found || !isToken(name) || seen[name] {
			return one, "", false
		}
		seen[name] = true
		var value string
		if value, rest, ok = parseValue(after); !ok {
			return one, "", false
		}
		switch name {
		case "for":
			one.node = value
		case "proto":
			one.proto = value
		case "host":
			one.host = value
		}
		if rest = skipSpace(rest); rest != "" && rest[0] != ';' && rest[0] != ',' {
			return one, "", false
		}
	}
	return one, rest, true
}

// parseValue reads a token or a quoted-string (RFC 9110 section 5.6.4).
func parseValue(text string) (value, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, ";, \t")
		if end < 0 {
			end = len(text)
		}
		return text[:end], text[end:], isToken(text[:end])
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return b.String(), text[i+1:], true
		case '\\':
			if i++; i == len(text) {
				return "", "", false
			}
		}
		b.WriteByte(text[i])
	}
	return "", "", false
}

// isToken says whether a text is a token (RFC 9110 section 5.6.2). A ":" may stand in it, because
// some proxies write no quotes around a port.
func isToken(text string) bool {
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c > '~' || strings.IndexByte(`"(),/;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return text != ""
}

func skipSpace(text string) string { return strings.TrimLeft(text, " \t") }
