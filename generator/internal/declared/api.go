// Package declared reads what a document of any supported format declares: servers, operations,
// messages, and the annotations that stand at them. It neither merges annotations nor judges what
// they mean together.
package declared

import (
	"path"
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/report"
	"github.com/penstock-dev/penstock/schema"
)

// API is what one document declares.
type API struct {
	Name        string       // [a-z0-9_]+
	Pos         document.Pos // of what gives the api its name
	Pointer     string       // JSON pointer of it, "" for the whole file
	BasePath    string       // "/" or "/v1", never with a slash at the end otherwise
	Annotations Annotations  // of the root
	Operations  []*Operation
}

// reader reads one document.
type reader struct {
	*report.Report
	read    map[*document.Node]*Annotation // by the value
	servers []*Server
}

// Read reads a loaded document.
func Read(d *document.Document) (*API, []document.Issue) {
	r := &reader{Report: report.New(d), read: map[*document.Node]*Annotation{}}
	api := &API{}
	r.name(api)
	api.Annotations = r.root()
	r.servers = r.readServers()
	api.BasePath = r.basePath()
	r.stray(d.Root, nil)
	api.Operations = r.operations()
	return api, r.Issues()
}

var notInName = regexp.MustCompile(`[^a-z0-9_]`)

// name finds the api's name: that of an annotation, else that of the file.
func (r *reader) name(api *API) {
	root := r.Doc.Root
	api.Pos = root.Pos
	a := r.annotation(root, "x-kafka-api", schema.API)
	if a != nil && !a.Bad {
		api.Name, api.Pos, api.Pointer = a.Node.Str(), a.Node.Pos, r.Doc.Pointer(a.Node)
		return
	}
	base := path.Base(r.Doc.Path)
	base = strings.TrimSuffix(base, path.Ext(base))
	api.Name = notInName.ReplaceAllString(strings.ToLower(base), "_")
	if api.Name == "" {
		r.Fail(root, "the file name %q gives the api no name: write x-kafka-api", path.Base(r.Doc.Path))
	}
}
