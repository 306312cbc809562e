package syntax

import (
	"fmt"
	"strings"
)

// Part finds the first part of a text at or after an offset: text[open] is its { and text[end]
// its }. Where there is none, open is the length of the text. A text that has parts and is longer
// than MaxLength is a fault.
func Part(text string, from int) (open, end int, fault *Fault) {
	for open = from; open < len(text); open++ {
		if text[open] == '{' && opens(text[open:]) {
			break
		}
	}
	if open == len(text) {
		return open, open, nil
	}
	if len(text) > MaxLength {
		return 0, 0, &Fault{0, fmt.Sprintf("longer than %d bytes, the limit of a text with expressions", MaxLength)}
	}
	end, fault = closing(text, open)
	return open, end, fault
}

// opens says whether a text that starts with { starts a part.
func opens(text string) bool {
	rest := strings.TrimLeft(text[1:], " \t\r\n\f")
	return strings.HasPrefix(rest, "#") || strings.HasPrefix(rest, "(") || strings.HasPrefix(rest, "T(")
}

// closing finds the } of a part: braces in it nest, and texts in quotes are not looked at.
func closing(text string, open int) (int, *Fault) {
	depth, quote, quoted := 0, byte(0), 0
	for i := open; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote, quoted = c, i
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i, nil
			}
		}
	}
	if quote != 0 {
		return 0, &Fault{quoted, "the closing quote of this text is missing, or the closing } of the part before it"}
	}
	return 0, &Fault{open, "the closing } of this part is missing"}
}
