// Package render prints the intermediate representation through the templates. It reads and
// writes no files.
package render

import (
	"bytes"
	"fmt"
	"go/format"
	"strconv"
	"strings"
	"text/template"

	"github.com/penstock-dev/penstock/generator/internal/goname"
	"github.com/penstock-dev/penstock/generator/internal/ir"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/templates"
)

// files are the Go files of a package.
var files = []string{"models.gen.go", "validate.gen.go", "gateway.gen.go", "docs.gen.go"}

// Render gives the files of a tree by slash-separated path below its folder. The same tree gives
// the same bytes.
func Render(tree *ir.Tree) (map[string][]byte, error) {
	set, err := template.New("penstock").Option("missingkey=error").Funcs(template.FuncMap{
		"quote": quote, "comment": comment, "line": line,
	}).ParseFS(templates.FS, "*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	out := map[string][]byte{}
	for _, pkg := range tree.Packages {
		for _, name := range files {
			if out[pkg.Name+"/"+name], err = execute(set, name, pkg); err != nil {
				return nil, fmt.Errorf("package %q: %w", pkg.Name, err)
			}
		}
		if pkg.OpenAPI != nil {
			out[pkg.Name+"/openapi.json"] = pkg.OpenAPI
		}
		if pkg.AsyncAPI != nil {
			out[pkg.Name+"/asyncapi.json"] = pkg.AsyncAPI
		}
	}
	if out["register.gen.go"], err = execute(set, "register.gen.go", tree); err != nil {
		return nil, err
	}
	return out, nil
}

// execute prints one file and formats it.
func execute(set *template.Template, name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, name+".tmpl", data); err != nil {
		return nil, fmt.Errorf("print %q: %w", name, err)
	}
	source, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("format %q: %w", name, err)
	}
	return source, nil
}

// quote writes a text as a Go string: between backticks where that reads better, which a text
// with quotes or backslashes does.
func quote(v any) (string, error) {
	text, ok := stringOf(v)
	if !ok {
		return "", fmt.Errorf("quote %T: not a text", v)
	}
	hidden := func(r rune) bool { return !strconv.IsPrint(r) } // also what turns the direction of a text
	if strings.ContainsAny(text, `"\`) && strconv.CanBackquote(text) && !strings.ContainsFunc(text, hidden) {
		return "`" + text + "`", nil
	}
	return strconv.Quote(text), nil
}

// stringOf takes the texts of the ir: strings, named strings such as endpoint.JSON, and pointers.
func stringOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case *string:
		return *v, true
	case endpoint.JSON:
		return string(v), true
	case endpoint.LoadBalancer:
		return string(v), true
	}
	return "", false
}

// comment writes a text as comment lines of at most 100 characters, where words allow.
func comment(text string) string {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(goname.Prose(text), "\n") {
		for _, l := range wrap(paragraph, 97) {
			b.WriteString(strings.TrimRight("// "+l, " ") + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// wrap breaks a line between words. Indented lines are kept: they are lists or code.
func wrap(text string, width int) []string {
	if strings.HasPrefix(text, " ") || len(text) <= width {
		return []string{text}
	}
	var lines []string
	current := ""
	for _, word := range strings.Fields(text) {
		switch {
		case current == "":
			current = word
		case len(current)+1+len(word) > width:
			lines = append(lines, current)
			current = word
		default:
			current += " " + word
		}
	}
	return append(lines, current)
}

// line makes a text fit for the rest of a comment line.
func line(text string) string { return strings.Join(strings.Fields(goname.Prose(text)), " ") }
