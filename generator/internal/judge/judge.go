// Package judge says what is wrong with the operations of a document as they are in force: whether
// endpoints are whole, entrypoints fit them, topics have legal names, and requests choose only what
// they may.
package judge

import (
	"slices"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/effective"
	"github.com/penstock-dev/penstock/generator/internal/report"
	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/schema"
)

// operation judges one operation.
type operation struct {
	*report.Report
	*effective.Operation
	trail expr.Trail // the attributes so far that depend on a request
	// used holds the lists of x-kafka-allow by which something was judged, of all operations.
	used map[*document.Node]bool
}

// Operations judges the exposed operations of a document. The second list warns about entries of
// x-kafka-allow that judge nothing; it is true only of a document without errors, as what was not
// judged may use them.
func Operations(d *document.Document, operations []*effective.Operation) (issues, unused []document.Issue) {
	r := report.New(d)
	used := map[*document.Node]bool{}
	for _, op := range operations {
		o := &operation{Report: r, Operation: op, used: used}
		o.judge()
	}
	warnings := report.New(d)
	for _, op := range operations {
		for _, entry := range op.Allow.Written {
			if !used[entry.Node] {
				warnings.Warn(entry.Node, "nothing that depends on a request is judged by this entry: it has no effect")
			}
		}
	}
	return r.Issues(), warnings.Issues()
}

// judge looks at the parts of the operation, then at what they are together.
func (o *operation) judge() {
	for _, a := range o.Attributes {
		o.attribute(a)
	}
	for _, entry := range o.Allow.Written {
		o.allowed(entry)
	}
	o.topics()
	o.endpoints()
	for _, ep := range o.Entrypoints {
		o.entrypoint(ep)
	}
	o.choices()
}

// File judges how an endpoint that stands alone, in a file of its own, connects. Its schema and its
// expressions were checked, and references in it replaced.
func File(d *document.Document, root *document.Node) []document.Issue {
	e := effective.Alone(root)
	if e == nil {
		return nil
	}
	o := &operation{Report: report.New(d), Operation: &effective.Operation{}}
	o.login(e)
	o.stores(e)
	return o.Issues()
}

// failLayer reports an error at the origin of a value of an endpoint.
func (o *operation) failLayer(e *effective.Endpoint, pointer, format string, args ...any) {
	if n := e.Layers.Nearest(pointer); n != nil {
		o.Fail(n, format, args...)
	}
}

// supplied says whether an attribute of the document can give one of some properties its value.
func (o *operation) supplied(properties ...string) bool {
	for _, a := range o.Attributes {
		if a.Choice.Family != schema.Free && slices.Contains(properties, a.Choice.Property) {
			return true
		}
	}
	return false
}
