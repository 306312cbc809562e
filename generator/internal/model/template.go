package model

import "regexp"

// parameter is one {name} of a path or topic.
var parameter = regexp.MustCompile(`\{([^{}]*)\}`)

// Params lists the names of a template's parameters in their order; one may be there twice.
func Params(template string) []string {
	var names []string
	for _, m := range parameter.FindAllStringSubmatch(template, -1) {
		names = append(names, m[1])
	}
	return names
}

// Fill writes the same text in the place of every parameter of a template.
func Fill(template, text string) string {
	return parameter.ReplaceAllLiteralString(template, text)
}
