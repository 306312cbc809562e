package main

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/penstock-dev/penstock/generator"
	"github.com/penstock-dev/penstock/runtime"
)

// TestAccepted: what the generator accepts, the gateway mounts.
func TestAccepted(t *testing.T) {
	t.Setenv("P", "secret") // of #secrets.get('/env/P')
	var archives []string
	for _, folder := range []string{"golden", "warnings", "explain"} {
		names, err := filepath.Glob("../../generator/testdata/" + folder + "/*.txtar")
		if err != nil || len(names) == 0 {
			t.Fatalf("no archives in %s: %v", folder, err)
		}
		archives = append(archives, names...)
	}
	mounted := 0
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range documentsOf(t, archive) {
			if documents, issues := generator.APIs(file); !generator.Failed(issues) {
				mounted += mount(t, name, documents)
			}
		}
	}
	if mounted < 30 {
		t.Errorf("only %d operations were mounted", mounted)
	}
}

// documentsOf writes the files of an archive and lists its documents.
func documentsOf(t *testing.T, archive *txtar.Archive) []string {
	t.Helper()
	dir := t.TempDir()
	var documents []string
	for _, f := range archive.Files {
		file := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(f.Data), "x-kafka-") && !strings.HasPrefix(f.Name, "want/") && !strings.Contains(f.Name, ".endpoint.") {
			documents = append(documents, file)
		}
	}
	return documents
}

// mount mounts the operations of documents, and counts them.
func mount(t *testing.T, archive string, documents []generator.API) int {
	t.Helper()
	cfg, err := runtime.LoadConfig("", nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/nowhere/at/all", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	operations := 0
	apis := mountable(documents)
	for _, api := range apis {
		operations += len(api.Operations)
	}
	_, err = runtime.Explain(cfg, apis, r, nil)
	var refused *runtime.Refusal
	if !errors.As(err, &refused) || refused.Status != http.StatusNotFound {
		t.Errorf("%s: %v", filepath.Base(archive), err)
	}
	return operations
}
