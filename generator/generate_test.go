package generator_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/generator"
)

// TestSpecs: what is committed in generated/ is what specs/ generates, without a warning.
func TestSpecs(t *testing.T) {
	specs, err := filepath.Glob("../specs/*.yaml")
	if err != nil || len(specs) == 0 {
		t.Fatalf("no specs: %v", err)
	}
	endpoints, err := filepath.Glob("../specs/*.endpoint.json")
	if err != nil || len(endpoints) == 0 {
		t.Fatalf("no endpoint files: %v", err)
	}
	result, err := generator.Generate(t.Context(), generator.Options{Out: "../generated", Check: true}, slices.Concat(specs, endpoints)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, issue := range result.Issues {
		t.Error(issue)
	}
	if len(result.Changed) > 0 {
		t.Errorf("out of date, run make generate: %q", result.Changed)
	}
}

const small = `asyncapi: 3.1.0
info: { title: Small, version: "1" }
x-kafka-endpoint:
  name: default
  type: kafka
  configuration: { bootstrapServers: "kafka:9092" }
  sharedConfigurationOverride: { producer: { enabled: true } }
channels: { c: { address: c } }
operations:
  say: { action: receive, channel: { $ref: "#/channels/c" }, x-kafka-entrypoints: { http-post: { path: /say } } }
`

// project makes a module with documents, and returns its folder.
func project(t *testing.T, documents map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"go.mod": "module example.com/shop // a comment\n\ngo 1.26.0\n"}
	maps.Copy(files, documents)
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// read gives the files below a folder.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(file string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		files[filepath.ToSlash(strings.TrimPrefix(file, dir))] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func generate(t *testing.T, o generator.Options, files ...string) generator.Result {
	t.Helper()
	result, err := generator.Generate(t.Context(), o, files...)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestGenerateAnywhere: the code is the same from any working directory, by any path, on any
// machine.
func TestGenerateAnywhere(t *testing.T) {
	first, second := project(t, map[string]string{"specs/small.yaml": small}), project(t, map[string]string{"specs/small.yaml": small})

	t.Chdir(first)
	result := generate(t, generator.Options{}, "specs/small.yaml")
	want := []string{
		"register.gen.go", "small/docs.gen.go", "small/gateway.gen.go", "small/models.gen.go", "small/openapi.json", "small/validate.gen.go",
	}
	if diff := cmp.Diff(want, result.Changed); diff != "" || len(result.Issues) > 0 {
		t.Errorf("changed (-want +got):\n%s\nissues: %q", diff, result.Issues)
	}
	t.Chdir(filepath.Join(second, "specs"))
	generate(t, generator.Options{Out: filepath.Join(second, "generated")}, filepath.Join(second, "specs", "small.yaml"))
	if diff := cmp.Diff(read(t, filepath.Join(first, "generated")), read(t, filepath.Join(second, "generated"))); diff != "" {
		t.Errorf("two projects (-first +second):\n%s", diff)
	}
	register := read(t, filepath.Join(first, "generated"))["/register.gen.go"]
	if !strings.Contains(register, `"example.com/shop/generated/small"`) {
		t.Errorf("import path of the module is missing in\n%s", register)
	}
	if again := generate(t, generator.Options{Out: filepath.Join(first, "generated"), Check: true}, filepath.Join(first, "specs/small.yaml")); len(again.Changed) > 0 {
		t.Errorf("a second run changes %q", again.Changed)
	}
}

// TestGenerateErrors: with an error nothing is written, and issues name files as they were given.
func TestGenerateErrors(t *testing.T) {
	dir := project(t, map[string]string{
		"specs/small.yaml": small,
		"specs/type.yaml":  strings.ReplaceAll(small, "path: /say", "path: /type"),
		"specs/near.yaml":  strings.ReplaceAll(small, "path: /say", "path: /near, qos: balancd"),
	})
	t.Chdir(filepath.Join(dir, "specs"))
	result := generate(t, generator.Options{Out: "../generated"}, "small.yaml", "./type.yaml", "../specs/near.yaml")
	want := []string{
		`../specs/near.yaml:10:109: unknown level "balancd", did you mean "balanced"`,
		`./type.yaml:1:1: api "type" cannot be a Go package: choose another name with x-kafka-api`,
	}
	var got []string
	for _, issue := range result.Issues {
		text, _, _ := strings.Cut(issue.String(), " (/")
		got = append(got, text)
	}
	if len(got) != 2 || got[1] != want[1] || !strings.HasPrefix(got[0], "../specs/near.yaml:10:") {
		t.Errorf("issues %q, want like %q", got, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "generated")); !os.IsNotExist(err) {
		t.Errorf("something was written: %v", err)
	}
}

// TestGenerateRemoves: what an earlier run made of a document that is gone is removed.
func TestGenerateRemoves(t *testing.T) {
	dir := project(t, map[string]string{"small.yaml": small, "more.yaml": strings.ReplaceAll(small, "path: /say", "path: /more")})
	t.Chdir(dir)
	generate(t, generator.Options{}, "small.yaml", "more.yaml")
	result := generate(t, generator.Options{Check: true}, "small.yaml")
	want := []string{
		"more/docs.gen.go", "more/gateway.gen.go", "more/models.gen.go", "more/openapi.json", "more/validate.gen.go", "register.gen.go",
	}
	if diff := cmp.Diff(want, result.Changed); diff != "" {
		t.Errorf("check (-want +got):\n%s", diff)
	}
	generate(t, generator.Options{}, "small.yaml")
	if _, err := os.Stat("generated/more"); !os.IsNotExist(err) {
		t.Errorf("the folder of a document that is gone is still there: %v", err)
	}
}

func TestGenerateWithoutModule(t *testing.T) {
	dir := project(t, map[string]string{"small.yaml": small})
	if err := os.Remove(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	_, err := generator.Generate(t.Context(), generator.Options{}, "small.yaml")
	want := `"` + filepath.Join(dir, "generated") + `" is in no Go module: write a go.mod (go mod init), or generate inside a module`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if result := generate(t, generator.Options{Module: "example.com/x/generated", Root: dir}, "small.yaml"); len(result.Changed) == 0 {
		t.Error("with a module and a root nothing was written")
	}
}
