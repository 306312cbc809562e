package generator

import (
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/ir"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// API is a document as generated code mounts it, without its hooks.
type API struct {
	Name, Title, Version string
	Source               string // the document's path as the user named it
	// Descriptors are those of the operations, in the order of the document; of payloads they have
	// names and content types, not the schemas.
	Descriptors []endpoint.Descriptor
}

// APIs gives what generated code would mount of some documents, in the order of the files. A
// document with errors has no api; endpoint files are only checked.
func APIs(files ...string) ([]API, []Issue) {
	models, issues := load(document.Disk{}, files)
	var apis []API
	for _, m := range models {
		pkg, found := ir.Lower(m)
		issues = append(issues, sorted(found)...)
		if pkg == nil {
			continue
		}
		api := API{Name: pkg.API, Title: pkg.Title, Version: pkg.Version, Source: pkg.Source}
		for _, op := range pkg.Operations {
			d := op.Descriptor
			for _, e := range op.Entrypoints {
				d.Entrypoints = append(d.Entrypoints, e.Entrypoint)
			}
			if op.Publish != nil {
				d.Publish = op.Publish.Payload
			}
			if op.Subscribe != nil {
				d.Subscribe = op.Subscribe.Payload
			}
			api.Descriptors = append(api.Descriptors, d)
		}
		apis = append(apis, api)
	}
	return apis, inOrder(issues)
}
