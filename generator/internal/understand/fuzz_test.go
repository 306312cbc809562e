package understand

import (
	"path/filepath"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/penstock-dev/penstock/generator/internal/document"
)

// FuzzBuild feeds texts to the builder: it must not crash, every issue must have a place, and
// a document without errors must have a model.
func FuzzBuild(f *testing.F) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	invalid, err := filepath.Glob("../../testdata/*/*.txtar")
	if err != nil || len(invalid) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range append(names, invalid...) {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(archive.Files[0].Data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, _ := document.Load(fstest.MapFS{"f.yaml": {Data: []byte(text)}}, "f.yaml")
		if d == nil {
			return
		}
		m, issues := Build(d)
		if (m == nil) != document.Failed(issues) {
			t.Errorf("model is there: %v, issues %v", m != nil, issues)
		}
		for _, i := range issues {
			if i.Pos.File == "" || i.Pos.Line < 1 || i.Pos.Col < 1 || i.Message == "" {
				t.Errorf("issue %q", i.String())
			}
		}
	})
}
