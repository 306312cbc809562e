package generator

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what the tests got into their golden files")

// TestInvalid checks the exact text of every error: each archive holds the files, named in its
// comment after "validate:", and the issues wanted.
func TestInvalid(t *testing.T) { validateArchives(t, "testdata/invalid", true) }

// TestWarnings does the same for documents that can be served.
func TestWarnings(t *testing.T) { validateArchives(t, "testdata/warnings", false) }

func validateArchives(t *testing.T, folder string, fail bool) {
	t.Helper()
	names, err := filepath.Glob(folder + "/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives in %s: %v", folder, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			validateArchive(t, name, fail)
		})
	}
}

func validateArchive(t *testing.T, name string, fail bool) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, f := range archive.Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	_, issues := load(files, validated(t, archive))
	if Failed(issues) != fail {
		t.Errorf("failed is %v", !fail)
	}
	var got strings.Builder
	for _, i := range issues {
		if i.File == "" || i.Line < 1 || i.Column < 1 {
			t.Errorf("an issue without a place: %s", i)
		}
		got.WriteString(i.String() + "\n")
	}
	at := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "issues" })
	if at < 0 {
		t.Fatal("the archive has no file issues")
	}
	if *update {
		archive.Files[at].Data = []byte(got.String())
		if err := os.WriteFile(name, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(archive.Files[at].Data), got.String()); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
}

// TestValidateNamedTwice: what two patterns of a shell both match is one file.
func TestValidateNamedTwice(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "ping.yaml")
	text := "openapi: 3.1.0\ninfo: { title: Ping, version: 1.0.0 }\npaths:\n  /ping:\n    post:\n      operationId: ping\n      x-kafka-entrypoints: {}\n" +
		"      responses: { '202': { description: taken } }\n" +
		"x-kafka-endpoint:\n  configuration: { bootstrapServers: localhost:9092 }\n  sharedConfigurationOverride: { producer: { enabled: true, topics: [ping] } }\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if issues := Validate(name, dir+"/./ping.yaml"); len(issues) > 0 {
		t.Errorf("issues: %v", issues)
	}
}

// validated reads the names of the files to check from the archive's comment.
func validated(t *testing.T, archive *txtar.Archive) []string {
	t.Helper()
	for line := range strings.Lines(string(archive.Comment)) {
		if rest, ok := strings.CutPrefix(line, "validate:"); ok {
			return strings.Fields(rest)
		}
	}
	t.Fatal("the comment has no line validate:")
	return nil
}

// BenchmarkValidate checks a document of 500 operations, each with a message of its own.
func BenchmarkValidate(b *testing.B) {
	var text strings.Builder
	text.WriteString("asyncapi: 3.0.0\ninfo: { title: Many, version: 1.0.0 }\nx-kafka-endpoint:\n" +
		"  configuration: { bootstrapServers: localhost:9092 }\n  sharedConfigurationOverride: { producer: { enabled: true } }\nchannels:\n")
	for i := range 500 {
		fmt.Fprintf(&text, "  c%d: { address: c%d, messages: { M: { payload: { type: object, properties: { a: { type: string } } } } } }\n", i, i)
	}
	text.WriteString("operations:\n")
	for i := range 500 {
		fmt.Fprintf(&text, "  op%d: { action: receive, channel: { $ref: '#/channels/c%d' }, x-kafka-entrypoints: { http-post: { path: /c%d } } }\n", i, i, i)
	}
	name := filepath.Join(b.TempDir(), "many.yaml")
	if err := os.WriteFile(name, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if issues := Validate(name); len(issues) > 0 {
			b.Fatal(issues[0])
		}
	}
}
