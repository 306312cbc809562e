// Package payload reads the messages of operations and the schemas that they reach.
package payload

import (
	"github.com/penstock-dev/penstock/generator/internal/declared"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/generator/internal/report"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Operation is an operation with the directions whose messages are wanted.
type Operation struct {
	*declared.Operation
	Publishes, Subscribes bool
}

// Payloads are those of one operation; nil in a direction that is not wanted.
type Payloads struct {
	Publish, Subscribe *model.Payload
}

// reader reads the payloads of one document.
type reader struct {
	*report.Report
	schemas *schemas
}

// Read reads the payloads of operations, in their order, and the schemas that they reach.
func Read(d *document.Document, operations []Operation) ([]Payloads, []*model.Schema, []document.Issue) {
	r := &reader{Report: report.New(d)}
	r.schemas = newSchemas(r.Report)
	direction := r.asyncPayload
	if !d.Format.Async() {
		direction = r.openAPIPayload
	}
	list := make([]Payloads, len(operations))
	for i, op := range operations {
		if op.Publishes {
			list[i].Publish = direction(op.Operation, endpoint.Publishing)
		}
		if op.Subscribes {
			list[i].Subscribe = direction(op.Operation, endpoint.Subscribing)
		}
	}
	return list, r.schemas.list, r.Issues()
}
