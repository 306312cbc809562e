package jaas

import "strings"

// NewOption makes an option, for entries that are not read from a text.
func NewOption(name, value string) Option { return Option{Name: name, value: value} }

// WithValue gives the option with another value.
func (o Option) WithValue(value string) Option {
	o.value = value
	return o
}

// escapes writes what ends a quoted value, or starts an escape in it.
var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`)

// Format writes an entry as the text that Parse reads it from. It holds every value in the
// clear. Names and values are UTF-8; the module is not empty and the flag is one of the four.
func Format(e Entry) string {
	var b strings.Builder
	b.WriteString(spelled(e.Module))
	b.WriteString(" " + strings.ToLower(e.Flag))
	for _, o := range e.Options {
		b.WriteString(" " + spelled(o.Name) + `="` + escapes.Replace(o.value) + `"`)
	}
	b.WriteString(";")
	return b.String()
}

// spelled gives a word, in quotes only where the text needs them.
func spelled(text string) string {
	if text == "" || strings.ContainsFunc(text, func(c rune) bool { return !isWord(c) }) {
		return `"` + escapes.Replace(text) + `"`
	}
	return text
}
