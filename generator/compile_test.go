package generator

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/goname"
	"github.com/penstock-dev/penstock/generator/internal/ir"
	"github.com/penstock-dev/penstock/generator/internal/render"
	"github.com/penstock-dev/penstock/generator/internal/typecheck"
)

// TestCorpusCompiles generates the documents of other projects that can be served, twice, and
// type-checks them all together.
func TestCorpusCompiles(t *testing.T) {
	all := &ir.Tree{Name: "generated"}
	again := &ir.Tree{Name: "generated"}
	for _, id := range corpus(t) {
		name := corpusDocument(t, id)
		goal := target{pkg: "generated", module: "example.com/generated"}
		if _, issues := load(document.Disk{}, []string{name}); Failed(issues) {
			continue // TestCorpus says why
		}
		for _, tree := range []*ir.Tree{all, again} {
			_, made, issues := compile(document.Disk{}, []string{name}, goal)
			if Failed(issues) {
				t.Errorf("%s: %q", id, issues)
				continue
			}
			for _, pkg := range made.Packages { // several of them have the same name
				pkg.Name = fmt.Sprintf("api%d", len(tree.Packages))
				pkg.GoName, pkg.Path = goname.Exported(pkg.Name), "example.com/generated/"+pkg.Name
				tree.Packages = append(tree.Packages, pkg)
			}
		}
	}
	rendered, err := render.Render(all)
	if err != nil {
		t.Fatal(err)
	}
	if err := typecheck.Packages("example.com/generated", rendered); err != nil {
		t.Errorf("the code does not compile: %v", err)
	}
	second, err := render.Render(again)
	if err != nil {
		t.Fatal(err)
	}
	for file, content := range rendered {
		if !bytes.Equal(content, second[file]) {
			t.Errorf("%s differs between two runs", file)
		}
	}
	if len(all.Packages) < 10 {
		t.Errorf("%d documents were generated, want at least 10", len(all.Packages))
	}
}
