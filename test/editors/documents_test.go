// Package editors holds what editors are told about documents: check.mjs asks their language
// services, the tests in Go look at documents that are right.
package editors

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	"github.com/penstock-dev/penstock/schema"
)

// root is the repository.
const root = "../.."

// TestDocumentsAreValid: the schema of documents refuses none that the generator takes.
func TestDocumentsAreValid(t *testing.T) {
	for name, text := range documents(t) {
		for _, issue := range schema.Validate(schema.Document, schema.Template, decode(t, name, text)) {
			t.Errorf("%s: %s: %s", name, issue.Pointer, issue.Message)
		}
	}
}

// TestMistakesAreFound misspells the keys of the same documents, one at a time: the schema
// reaches every annotation in them.
func TestMistakesAreFound(t *testing.T) {
	key := regexp.MustCompile(`(?m)"?x-kafka-[a-z-]+"?:`)
	found := 0
	for name, text := range documents(t) {
		for _, at := range key.FindAllIndex(text, -1) {
			misspelt := string(text[:at[0]]) + strings.Replace(string(text[at[0]:at[1]]), "x-kafka-", "x-kafka-z", 1) + string(text[at[1]:])
			value := decode(t, name, []byte(misspelt))
			if !strings.Contains(fmt.Sprint(value), "x-kafka-z") {
				continue // it stands in a comment
			}
			if len(schema.Validate(schema.Document, schema.Template, value)) == 0 {
				t.Errorf("%s: nobody sees %s", name, misspelt[at[0]:at[1]+1])
			}
			found++
		}
	}
	if found < 100 {
		t.Errorf("only %d annotations were looked at", found)
	}
}

// stray are documents with annotations that nobody reads: the generator warns of each, the schema refuses
// those at places that it knows.
const stray = "stray-annotation.txtar"

// TestStrayAnnotations: an annotation at a message is marked in editors too.
func TestStrayAnnotations(t *testing.T) {
	archive, err := txtar.ParseFile(filepath.Join(root, "generator", "testdata", "warnings", stray))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, issue := range schema.Validate(schema.Document, schema.Template, decode(t, stray, archive.Files[0].Data)) {
		got = append(got, issue.Pointer)
	}
	if want := "/channels/orders/messages/Order/x-kafka-endpoint"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// documents reads every annotated document of the repository that the generator takes as it is meant.
func documents(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, glob := range []string{"specs/*.yaml", "cmd/penstock/internal/project/template/specs/*"} {
		for _, name := range files(t, glob) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			out[name] = text
		}
	}
	for _, folder := range []string{"golden", "warnings", "explain"} {
		for _, name := range files(t, "generator/testdata/"+folder+"/*.txtar") {
			if filepath.Base(name) == stray {
				continue
			}
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range archive.Files {
				if isDocument(file) {
					out[name+"/"+file.Name] = file.Data
				}
			}
		}
	}
	return out
}

// isDocument tells annotated documents from the other files of an archive: what is wanted, and
// what documents refer to.
func isDocument(file txtar.File) bool {
	switch filepath.Ext(file.Name) {
	case ".yaml", ".yml", ".json":
		return regexp.MustCompile(`(?m)^[{ ]*"?(asyncapi|openapi)"?:`).Match(file.Data) && !strings.HasPrefix(file.Name, "want/")
	}
	return false
}

func files(t *testing.T, glob string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(glob)))
	if err != nil || len(names) == 0 {
		t.Fatalf("no file is %s: %v", glob, err)
	}
	return names
}

// decode reads YAML, which JSON is too, as encoding/json would give it.
func decode(t *testing.T, name string, text []byte) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return plain(value)
}

// plain turns keys that are no texts, such as the 200 of an answer, into texts, and dates back.
func plain(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			value[name] = plain(member)
		}
	case map[any]any:
		out := map[string]any{}
		for name, member := range value {
			out[fmt.Sprint(name)] = plain(member)
		}
		return out
	case []any:
		for i := range value {
			value[i] = plain(value[i])
		}
	case fmt.Stringer:
		return value.String()
	}
	return value
}
