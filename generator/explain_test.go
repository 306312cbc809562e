package generator

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestExplain checks what is in force for each operation, and where it came from.
func TestExplain(t *testing.T) {
	names, err := filepath.Glob("testdata/explain/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			explainArchive(t, name)
		})
	}
}

func explainArchive(t *testing.T, name string) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, f := range archive.Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	models, issues := load(files, validated(t, archive))
	if Failed(issues) {
		t.Fatal(issues)
	}
	var got strings.Builder
	for _, m := range models {
		if err := explain(m).WriteText(&got); err != nil {
			t.Fatal(err)
		}
	}
	at := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "explanation" })
	if at < 0 {
		t.Fatal("the archive has no file explanation")
	}
	if *update {
		archive.Files[at].Data = []byte(got.String())
		if err := os.WriteFile(name, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(archive.Files[at].Data), got.String()); diff != "" {
		t.Errorf("explanation (-want +got):\n%s", diff)
	}
}
