package goname

import (
	"strings"
	"unicode"
)

// Prose makes a text of a document fit for a Go comment: lines end with "\n" only, and what Go
// or an editor does not take in a source file is left out.
func Prose(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", "    ").Replace(strings.ToValidUTF8(text, ""))
	text = strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029') {
			return -1
		}
		return r
	}, text)
	return strings.Trim(text, "\n ")
}
