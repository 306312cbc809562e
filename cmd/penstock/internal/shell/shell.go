// Package shell writes names for the reader of a message to paste into a POSIX shell.
package shell

import "strings"

// plainWord are the bytes beside letters and digits that a shell takes as they are.
const plainWord = "%+,-./:=@_"

// Word writes a name so that a shell reads it back as one word: as it is, else in single quotes.
func Word(name string) string {
	special := strings.ContainsFunc(name, func(r rune) bool {
		return r < 0x80 && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune(plainWord, r)
	})
	if name != "" && !special {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// Words writes names for a shell, separated by spaces.
func Words(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = Word(name)
	}
	return strings.Join(quoted, " ")
}
