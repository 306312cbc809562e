package model

import (
	"regexp"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

var template = regexp.MustCompile(`\{([^{}]*)\}`)

// params lists the {name} parts of a template.
func params(text string) []string {
	var names []string
	for _, m := range template.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// path finds the path of an entrypoint and its parameters.
func (b *builder) path(e *served) {
	written, _ := e.Config["path"].(string)
	switch {
	case e.source.path != "" && written != "":
		b.failAt(e, "/path", "the path comes from the document: remove it here")
		fallthrough
	case e.source.path != "":
		e.Path = e.source.path
	case written == "":
		b.failAt(e, "", "%s needs a path", e.Kind)
		return
	default:
		e.Path = written
	}
	if !strings.HasPrefix(e.Path, "/") || strings.ContainsAny(template.ReplaceAllString(e.Path, ""), "{}") && e.source.path == "" {
		return // reported by the schema
	}
	for _, segment := range strings.Split(e.Path[1:], "/") {
		if strings.ContainsAny(segment, "{}") && (template.FindString(segment) != segment || segment == "{}") {
			b.failAt(e, "/path", "path %q: a parameter must be a whole segment between two slashes", e.Path)
			return
		}
	}
	seen := []string{}
	for _, name := range params(e.Path) {
		if slices.Contains(seen, name) {
			b.failAt(e, "/path", "path %q has the parameter %q twice", e.Path, name)
			return
		}
		seen = append(seen, name)
		e.Params = append(e.Params, endpoint.Param{Name: name, Enum: e.source.parameters[name].enum})
	}
}
