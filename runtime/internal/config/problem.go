package config

import "github.com/penstock-dev/penstock/schema/spelling"

// Problem is one thing that is wrong with the configuration.
type Problem struct {
	Place   string // "gateway.yaml:3:5", or a variable's name
	Text    string
	Pointer string // into the configuration; may be empty
}

// Error is one line: place, text, pointer.
func (p *Problem) Error() string {
	text := p.Text
	if p.Place != "" {
		text = p.Place + ": " + text
	}
	if p.Pointer != "" {
		text += " (" + p.Pointer + ")"
	}
	return text
}

// didYouMean ends a message with the candidate that a misspelt name most probably means.
func didYouMean(name string, candidates []string) string {
	if meant, ok := spelling.Near(name, candidates); ok {
		return "; did you mean \"" + meant + "\"?"
	}
	return ""
}
