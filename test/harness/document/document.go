// Package document gives tests what a document makes a gateway serve, without generated code.
package document

import (
	"testing"

	"github.com/penstock-dev/penstock/generator"
	"github.com/penstock-dev/penstock/runtime"
)

// APIs reads a document as `penstock generate` does, and gives what its generated code would mount
// without hooks. Errors and warnings of the document fail the test.
func APIs(t testing.TB, path string) []runtime.API {
	t.Helper()
	documents, issues := generator.APIs(path)
	for _, issue := range issues {
		t.Errorf("%s", issue)
	}
	apis := make([]runtime.API, len(documents))
	for i, d := range documents {
		apis[i] = runtime.API{Name: d.Name, Title: d.Title, Version: d.Version, Source: d.Source}
		for _, descriptor := range d.Descriptors {
			apis[i].Operations = append(apis[i].Operations, runtime.Operation{Descriptor: descriptor})
		}
	}
	return apis
}
