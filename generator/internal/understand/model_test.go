package understand

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
)

var update = flag.Bool("update", false, "write what the tests got into their golden files")

// TestBuild checks whole models: the first file of each archive is the document.
func TestBuild(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { buildArchive(t, name) })
	}
}

func buildArchive(t *testing.T, name string) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, f := range archive.Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	m := build(t, files, archive.Files[0].Name)
	at := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "model" })
	if at < 0 {
		t.Fatal("the archive has no file model")
	}
	got := dump(t, m)
	if *update {
		archive.Files[at].Data = got
		if err := os.WriteFile(name, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(archive.Files[at].Data), string(got)); diff != "" {
		t.Errorf("model (-want +got):\n%s", diff)
	}
}

// build loads and builds a document that has no errors.
func build(t *testing.T, files fstest.MapFS, name string) *model.Model {
	t.Helper()
	d, issues := document.Load(files, name)
	if document.Failed(issues) {
		t.Fatal(issues)
	}
	m, issues := Build(d)
	if document.Failed(issues) {
		t.Fatal(issues)
	}
	return m
}

// position is a document.Pos as JSON, which the golden files hold on one line.
var position = regexp.MustCompile(`\{\s*"File": "([^"]*)",\s*"Line": (\d+),\s*"Col": (\d+)\s*\}`)

// dump writes what the golden files hold: the model without origins and the nodes of schemas.
func dump(t *testing.T, m *model.Model) []byte {
	t.Helper()
	type operation struct {
		*model.Operation
		Origins any `json:",omitempty"`
	}
	type schema struct {
		*model.Schema
		Node any `json:",omitempty"`
	}
	short := struct {
		*model.Model
		Operations []operation
		Schemas    []schema
	}{Model: m}
	for _, op := range m.Operations {
		short.Operations = append(short.Operations, operation{Operation: op})
	}
	for _, s := range m.Schemas {
		short.Schemas = append(short.Schemas, schema{Schema: s})
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(short); err != nil {
		t.Fatal(err)
	}
	return position.ReplaceAll(text.Bytes(), []byte(`"$1:$2:$3"`))
}
