package generator

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/penstock-dev/penstock/generator/internal/render"
	"github.com/penstock-dev/penstock/generator/internal/typecheck"
)

// TestGolden generates the documents of each archive, named in its comment after "generate:",
// type-checks everything and compares the files that the archive holds below want/. With -update
// those are written anew; an empty one is filled.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/golden/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { generateArchive(t, name) })
	}
}

func generateArchive(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files, got := fstest.MapFS{}, map[string][]byte{}
	for _, f := range archive.Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	_, tree, issues := compile(files, listed(t, archive, "generate:"), target{pkg: "generated", module: "example.com/generated"})
	var text bytes.Buffer
	for _, issue := range issues {
		text.WriteString(issue.String() + "\n")
	}
	got["issues"] = text.Bytes()
	if !Failed(issues) {
		rendered, err := render.Render(tree)
		if err != nil {
			t.Fatal(err)
		}
		if err := typecheck.Packages("example.com/generated", rendered); err != nil {
			t.Errorf("the code does not compile: %v", err)
		}
		maps.Copy(got, rendered)
	}
	compare(t, name, archive, got)
}

// compare holds the wanted files of an archive against those that were made.
func compare(t *testing.T, name string, archive *txtar.Archive, got map[string][]byte) {
	t.Helper()
	wanted := 0
	for i, f := range archive.Files {
		file, ok := strings.CutPrefix(f.Name, "want/")
		if !ok {
			continue
		}
		wanted++
		have, made := got[file]
		if !made && len(f.Data) > 0 {
			t.Errorf("%s was not made", file)
		}
		if *update {
			archive.Files[i].Data = have
			continue
		}
		if diff := cmp.Diff(string(f.Data), string(have)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
	if wanted == 0 {
		t.Error("the archive wants nothing")
	}
	if len(got["issues"]) > 0 && !slices.ContainsFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want/issues" }) {
		t.Errorf("issues that nobody wanted:\n%s", got["issues"])
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// listed reads the names after a word in the archive's comment.
func listed(t *testing.T, archive *txtar.Archive, word string) []string {
	t.Helper()
	for line := range strings.Lines(string(archive.Comment)) {
		if rest, ok := strings.CutPrefix(line, word); ok {
			return strings.Fields(rest)
		}
	}
	t.Fatalf("the archive's comment has no line %q", word)
	return nil
}
