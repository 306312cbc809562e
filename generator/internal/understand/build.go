// Package understand turns a document of any supported kind into a model.
package understand

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/generator/internal/report"
	"github.com/penstock-dev/penstock/schema"
)

// Build makes the model of a loaded document. It returns every problem at once, warnings too,
// in no order; the model is nil when one of them is an error.
func Build(d *document.Document) (*model.Model, []document.Issue) {
	b := &builder{
		Report:      report.New(d),
		annotations: map[*document.Node]*annotation{},
		allowUsed:   map[*document.Node]bool{},
		model: &model.Model{
			Source:      d.Path,
			Format:      d.Spec(),
			Title:       d.Root.Get("info").Get("title").Str(),
			Version:     d.Root.Get("info").Get("version").Str(),
			Description: d.Root.Get("info").Get("description").Str(),
		},
	}
	b.schemas = newSchemas(b)
	b.api()
	b.places()
	b.servers = b.readServers()
	b.model.BasePath = b.basePath()
	b.root = b.rootEndpoints()
	for _, s := range b.sources() {
		b.operation(s)
	}
	b.unusedAllow()
	b.names()
	b.Add(model.Conflicts([]*model.Model{b.model})...)
	if len(b.model.Operations) == 0 && !b.Failed() {
		b.Warn(d.Root, "no operation has an x-kafka-entrypoints: nothing is served")
	}
	b.model.Schemas = b.schemas.list
	if b.Failed() {
		return nil, b.Issues()
	}
	return b.model, b.Issues()
}

// builder holds what the steps of Build share.
type builder struct {
	*report.Report
	model       *model.Model
	annotations map[*document.Node]*annotation
	servers     []*server
	root        rootEndpoints
	schemas     *schemas
	// allowUsed holds the entries of x-kafka-allow, and whether something that depends on a
	// request is judged by them.
	allowUsed map[*document.Node]bool
}

var notInAPI = regexp.MustCompile(`[^a-z0-9_]`)

// api finds the document's name.
func (b *builder) api() {
	b.model.Pos = b.Doc.Root.Pos
	a := b.annotation(b.Doc.Root, "x-kafka-api", schema.API)
	if a != nil && !a.bad {
		b.model.API, b.model.Pos = a.node.Str(), a.node.Pos
		b.model.Pointer = b.Doc.Pointer(a.node)
		return
	}
	base := path.Base(b.Doc.Path)
	base = strings.TrimSuffix(base, path.Ext(base))
	b.model.API = notInAPI.ReplaceAllString(strings.ToLower(base), "_")
	if b.model.API == "" {
		b.Fail(b.Doc.Root, "the file name %q gives the api no name: write x-kafka-api", path.Base(b.Doc.Path))
	}
}

// names checks that no two operations share a name.
func (b *builder) names() {
	first := map[string]*model.Operation{}
	for _, op := range b.model.Operations {
		if other := first[op.Name]; other != nil {
			b.Add(document.Issue{Pos: op.Pos, Pointer: op.Pointer, Message: fmt.Sprintf("operation %q exists already at %s: write another operationId", op.Name, other.Pos)})
			continue
		}
		first[op.Name] = op
	}
}
