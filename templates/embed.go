// Package templates holds the templates of generated code. They print what the generator's
// ir decided: ranges, boolean conditions and includes only.
package templates

import "embed"

// FS holds every template.
//
//go:embed *.tmpl
var FS embed.FS
