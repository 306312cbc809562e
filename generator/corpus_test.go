package generator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/overlay"
)

// corpus names the documents of other projects below testdata/corpus, "<id>" or "<id>+<case>".
func corpus(t *testing.T) []string {
	t.Helper()
	overlays, err := filepath.Glob("testdata/corpus/*.overlay.yaml")
	if err != nil || len(overlays) == 0 {
		t.Fatalf("no overlays: %v", err)
	}
	var ids []string
	for _, o := range overlays {
		ids = append(ids, strings.TrimSuffix(filepath.Base(o), ".overlay.yaml"))
	}
	return ids
}

// corpusDocument gives the document of an entry with its overlay applied.
func corpusDocument(t *testing.T, id string) string {
	t.Helper()
	folder, _, _ := strings.Cut(id, "+")
	files, err := filepath.Glob("testdata/corpus/" + folder + "/*api*.*")
	if err != nil || len(files) == 0 {
		files, err = filepath.Glob("testdata/corpus/" + folder + "/*.y*ml")
	}
	if err != nil || len(files) != 1 {
		t.Fatalf("documents of %s: %q, %v", id, files, err)
	}
	name, err := overlay.Apply(t.TempDir(), files[0], "testdata/corpus/"+id+".overlay.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// TestCorpus loads the documents of other projects. What is said about each stands in
// testdata/corpus/<id>.issues: warnings, or why it is refused.
func TestCorpus(t *testing.T) {
	for _, id := range corpus(t) {
		t.Run(id, func(t *testing.T) {
			name := corpusDocument(t, id)
			models, issues := load(document.Disk{}, []string{name})
			if len(models) != 1 && !Failed(issues) {
				t.Error("no model and no error")
			}
			var got strings.Builder
			for _, i := range issues {
				got.WriteString(strings.TrimPrefix(i.String(), filepath.ToSlash(filepath.Dir(name))+"/") + "\n")
			}
			golden(t, "testdata/corpus/"+id+".issues", got.String())
		})
	}
}

// golden compares with a golden file, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
