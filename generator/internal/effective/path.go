package effective

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// path finds the path of an entrypoint and its parameters.
func (m *merger) path(e *Entrypoint) {
	written, _ := e.Config["path"].(string)
	switch {
	case e.source.Path != "" && written != "":
		m.Add(e.Issue(m.Doc, "/path", "the path comes from the document: remove it here"))
		fallthrough
	case e.source.Path != "":
		e.Path = e.source.Path
	case written == "":
		m.Add(e.Issue(m.Doc, "", "%s needs a path", e.Kind))
		return
	default:
		e.Path = written
	}
	if !strings.HasPrefix(e.Path, "/") || strings.ContainsAny(model.Fill(e.Path, ""), "{}") && e.source.Path == "" {
		return // reported by the schema
	}
	for _, segment := range strings.Split(e.Path[1:], "/") {
		if strings.ContainsAny(segment, "{}") && (!wholeParam(segment)) {
			m.Add(e.Issue(m.Doc, "/path", "path %q: a parameter must be a whole segment between two slashes", e.Path))
			return
		}
	}
	seen := []string{}
	for _, name := range model.Params(e.Path) {
		if slices.Contains(seen, name) {
			m.Add(e.Issue(m.Doc, "/path", "path %q has the parameter %q twice", e.Path, name))
			return
		}
		seen = append(seen, name)
		e.Params = append(e.Params, endpoint.Param{Name: name, Enum: e.source.Parameters[name].Enum})
	}
}

// wholeParam says whether a segment of a path is a parameter and nothing else.
func wholeParam(segment string) bool {
	names := model.Params(segment)
	return len(names) == 1 && names[0] != "" && segment == "{"+names[0]+"}"
}
