// Package understand turns a document of any supported kind into a model, stage by stage: what the
// document declares, what is in force for each operation, the messages, and what is wrong with all
// that.
package understand

import (
	"fmt"

	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/effective"
	"github.com/penstock-dev/penstock/generator/internal/judge"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/generator/internal/payload"
	"github.com/penstock-dev/penstock/generator/internal/report"
)

// Build makes the model of a loaded document. It returns every problem at once, warnings too,
// in no order; the model is nil when one of them is an error.
func Build(d *document.Document) (*model.Model, []document.Issue) {
	r := report.New(d)
	api, issues := declared.Read(d)
	r.Add(issues...)
	operations, issues := effective.Merge(d, api)
	r.Add(issues...)
	payloads, schemas, issues := payload.Read(d, wanted(operations))
	r.Add(issues...)
	issues, unused := judge.Operations(d, operations)
	r.Add(issues...)
	if !r.Failed() {
		r.Add(unused...)
	}
	m := newModel(d, api)
	m.Schemas = schemas
	for i, op := range operations {
		add(m, newOperation(d, op, payloads[i]), op.Security)
	}
	r.Add(sameNames(m.Operations)...)
	r.Add(model.Conflicts([]*model.Model{m})...)
	if r.Failed() {
		return nil, r.Issues()
	}
	if len(m.Operations) == 0 {
		r.Warn(d.Root, "no operation has an x-kafka-entrypoints: nothing is served")
	}
	return m, r.Issues()
}

// wanted says whose messages are read, of which directions.
func wanted(operations []*effective.Operation) []payload.Operation {
	list := make([]payload.Operation, len(operations))
	for i, op := range operations {
		list[i].Operation = op.Operation
		list[i].Publishes, list[i].Subscribes = op.Directions()
	}
	return list
}

// sameNames finds operations that share a name.
func sameNames(operations []*model.Operation) []document.Issue {
	var issues []document.Issue
	first := map[string]*model.Operation{}
	for _, op := range operations {
		if other := first[op.Name]; other != nil {
			issues = append(issues, document.Issue{
				Pos: op.Pos, Pointer: op.Pointer,
				Message: fmt.Sprintf("operation %q exists already at %s: write another operationId", op.Name, other.Pos),
			})
			continue
		}
		first[op.Name] = op
	}
	return issues
}
