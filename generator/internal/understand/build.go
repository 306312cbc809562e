// Package understand turns a document of any supported kind into a model.
package understand

import (
	"fmt"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/generator/internal/payload"
	"github.com/penstock-dev/penstock/generator/internal/report"
)

// Build makes the model of a loaded document. It returns every problem at once, warnings too,
// in no order; the model is nil when one of them is an error.
func Build(d *document.Document) (*model.Model, []document.Issue) {
	api, issues := declared.Read(d)
	b := &builder{
		Report:    report.New(d),
		api:       api,
		allowUsed: map[*document.Node]bool{},
		model: &model.Model{
			API:         api.Name,
			Pos:         api.Pos,
			Pointer:     api.Pointer,
			BasePath:    api.BasePath,
			Source:      d.Path,
			Format:      d.Spec(),
			Title:       d.Root.Get("info").Get("title").Str(),
			Version:     d.Root.Get("info").Get("version").Str(),
			Description: d.Root.Get("info").Get("description").Str(),
		},
	}
	b.Add(issues...)
	b.root = b.rootEndpoints()
	for _, s := range api.Operations {
		if !d.Format.Async() {
			b.contradictions(s)
		}
		b.operation(s)
	}
	b.payloads()
	b.unusedAllow()
	b.names()
	b.Add(model.Conflicts([]*model.Model{b.model})...)
	if len(b.model.Operations) == 0 && !b.Failed() {
		b.Warn(d.Root, "no operation has an x-kafka-entrypoints: nothing is served")
	}
	if b.Failed() {
		return nil, b.Issues()
	}
	return b.model, b.Issues()
}

// builder holds what the steps of Build share.
type builder struct {
	*report.Report
	api     *declared.API
	model   *model.Model
	root    rootEndpoints
	exposed []payload.Operation
	// allowUsed holds the entries of x-kafka-allow, and whether something that depends on a
	// request is judged by them.
	allowUsed map[*document.Node]bool
}

// payloads reads the messages of the operations that are exposed.
func (b *builder) payloads() {
	list, schemas, issues := payload.Read(b.Doc, b.exposed)
	b.Add(issues...)
	b.model.Schemas = schemas
	for i, op := range b.model.Operations {
		op.Publish, op.Subscribe = list[i].Publish, list[i].Subscribe
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
