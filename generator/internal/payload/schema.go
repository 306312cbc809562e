package payload

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/generator/internal/report"
)

// schemas collects the schemas that operations reach. Every schema that a reference names
// becomes a schema of its own, whatever file it stands in; so no reference leaves the list.
type schemas struct {
	*report.Report
	list   []*model.Schema
	byNode map[*document.Node]*model.Schema
	taken  map[string]bool
	// components are the names that the document gave to schemas itself; no made name takes one.
	components map[string]*document.Node
}

func newSchemas(r *report.Report) *schemas {
	s := &schemas{Report: r, byNode: map[*document.Node]*model.Schema{}, taken: map[string]bool{}, components: map[string]*document.Node{}}
	if own := r.Doc.Root.Get("components").Get("schemas"); own != nil {
		for _, m := range own.Members {
			s.components[clean(m.Key)] = m.Value
		}
	}
	return s
}

// name gives the schema at n, or the one that it refers to, a name and adds it to the list.
func (s *schemas) name(n *document.Node, wanted string, dialect model.Dialect) string {
	if n.Reference() != "" && (dialect != model.Draft2020 || bare(n)) {
		target, issue := s.Doc.Resolve(n)
		if issue != nil {
			s.Add(*issue)
			return ""
		}
		n, wanted = target, s.referenceName(target, wanted)
	}
	if known := s.byNode[n]; known != nil {
		return known.Name
	}
	schema := &model.Schema{Name: s.unique(wanted, n), Pos: n.Pos, Node: n, Dialect: s.dialect(n, dialect)}
	s.byNode[n] = schema
	s.list = append(s.list, schema)
	r := rewriter{schemas: s, dialect: schema.Dialect, context: schema.Name}
	schema.JSON = r.schema(n)
	return schema.Name
}

// notes are keywords that say nothing about values.
var notes = words("$ref $comment title description summary deprecated readOnly writeOnly example examples default externalDocs")

// bare says whether a reference has no siblings that check anything.
func bare(n *document.Node) bool {
	for _, m := range n.Members {
		if !notes[m.Key] && !strings.HasPrefix(m.Key, "x-") {
			return false
		}
	}
	return true
}

// dialect is what the schema or its file say in $schema, else that of the place it is used in.
func (s *schemas) dialect(n *document.Node, otherwise model.Dialect) model.Dialect {
	written := n.Get("$schema").Str()
	if written == "" {
		if root := s.Doc.RootOf(n); root != s.Doc.Root {
			written = root.Get("$schema").Str()
		}
	}
	switch {
	case strings.Contains(written, "2020-12"), strings.Contains(written, "2019-09"):
		return model.Draft2020
	case strings.Contains(written, "draft-07"), strings.Contains(written, "draft-06"), strings.Contains(written, "draft-04"):
		return model.Draft07
	}
	return otherwise
}

// referenceName makes a name of the place where a schema stands.
func (s *schemas) referenceName(n *document.Node, otherwise string) string {
	members := document.Split(s.Doc.Pointer(n))
	if len(members) == 0 {
		base := path.Base(n.Pos.File)
		name, _, _ := strings.Cut(base, ".")
		return name
	}
	last := members[len(members)-1]
	if len(members) > 1 {
		switch holder := members[len(members)-2]; {
		case holder == "schemas", holder == "definitions", holder == "$defs", holder == "properties":
			return last
		case last == "payload", last == "headers", last == "schema", last == "items":
			return holder + strings.ToUpper(last[:1]) + last[1:]
		}
	}
	return otherwise
}

var unclean = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// clean turns a text into a name that a component may have.
func clean(text string) string {
	if name := strings.Trim(unclean.ReplaceAllString(text, "_"), "_"); name != "" {
		return name
	}
	return "Schema"
}

// unique finds a name that is free.
func (s *schemas) unique(wanted string, n *document.Node) string {
	wanted = clean(wanted)
	free := func(name string) bool {
		owner := s.components[name]
		return !s.taken[name] && (owner == nil || owner == n)
	}
	name := wanted
	if !free(name) {
		name = wanted + "Payload"
	}
	for i := 2; !free(name); i++ {
		name = fmt.Sprintf("%s%d", wanted, i)
	}
	s.taken[name] = true
	return name
}
