package generator

import (
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/ir"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Descriptors gives the descriptors of the operations of some documents, in the order of the files,
// as generated code has them; schemas of payloads are left out. A document with errors has none;
// endpoint files are only checked.
func Descriptors(files ...string) ([]endpoint.Descriptor, []Issue) {
	models, issues := load(document.Disk{}, files)
	var descriptors []endpoint.Descriptor
	for _, m := range models {
		pkg, found := ir.Lower(m)
		issues = append(issues, sorted(found)...)
		if pkg == nil {
			continue
		}
		for _, op := range pkg.Operations {
			d := op.Descriptor
			for _, e := range op.Entrypoints {
				d.Entrypoints = append(d.Entrypoints, e.Entrypoint)
			}
			descriptors = append(descriptors, d)
		}
	}
	return descriptors, inOrder(issues)
}
