// Package effective merges the annotations of each operation: what is in force for it, and where
// each part of that was written. It refuses what cannot be merged; whether the parts fit each other
// is for judge.
package effective

import (
	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/report"
	"github.com/penstock-dev/penstock/generator/internal/security"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Operation is an exposed operation with what is in force for it.
type Operation struct {
	*declared.Operation
	Entrypoints []*Entrypoint // at least one
	Endpoints   *Endpoints
	Attributes  []*Attribute
	Allow       Allow
	Security    security.Security
	// Named is what names the topic in the document itself; nil where the endpoints name them all.
	Named *document.Node
	Topic endpoint.Topic // the one that is named
}

// Directions says which sides the entrypoints have.
func (op *Operation) Directions() (publishes, subscribes bool) {
	for _, e := range op.Entrypoints {
		publishes = publishes || e.Publishes
		subscribes = subscribes || e.Subscribes
	}
	return publishes, subscribes
}

// merger merges the annotations of one document.
type merger struct {
	*report.Report
	api  *declared.API
	root rootEndpoints
}

// Merge gives the operations of a document that are exposed, in the order of the file.
func Merge(d *document.Document, api *declared.API) ([]*Operation, []document.Issue) {
	m := &merger{Report: report.New(d), api: api}
	m.root = m.rootEndpoints()
	var exposed []*Operation
	for _, op := range api.Operations {
		if !d.Format.Async() {
			m.contradictions(op)
		}
		if entrypoints := m.entrypoints(op); len(entrypoints) > 0 {
			exposed = append(exposed, m.operation(op, entrypoints))
		}
	}
	return exposed, m.Issues()
}

// operation merges what is in force behind the entrypoints of an operation.
func (m *merger) operation(op *declared.Operation, entrypoints []*Entrypoint) *Operation {
	required, issues := security.Read(m.Doc, op)
	m.Add(issues...)
	out := &Operation{
		Operation: op, Entrypoints: entrypoints, Endpoints: m.endpoints(op), Attributes: m.attributes(op), Allow: m.allow(op),
		Security: required,
	}
	out.nameTopic()
	return out
}
