package document

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// FuzzLoad feeds texts to the loader: it must not crash, every issue must have a place, and a
// tree that was read must print as JSON.
func FuzzLoad(f *testing.F) {
	for _, text := range []string{
		"asyncapi: 3.1.0\ninfo: {title: a, version: '1'}\nchannels: {}\n",
		"openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {}\n",
		"a: &a [*a]\nb: *a\n<<: {c: 1}\n",
		"? [a]\n: b\n",
		"a:\n\tb: 1\n",
		"\ufeffa: 0x1F\nb: .5\nc: 2020-01-01\n---\nd: 1\n",
		"x: !!binary aGk=\ny: !!str 1\nz: ! 5\n",
		`{"asyncapi": "3.0.0", "a": {"$ref": "#/a"}, "b": "\/\ud83d\ude00"}`,
		`{"a": [1, 2,], "b" 1}`,
		"asyncapi: 2.4.0\nchannels: {a: {publish: {traits: [{$ref: '#/x'}]}}}\nx: {traits: [{$ref: other.yaml#/y}]}\n",
		"swagger: '2.0'\n",
	} {
		f.Add(text)
	}
	for _, pattern := range []string{"../../testdata/corpus/ping/*.yaml", "../../testdata/corpus/rpc-server/*.yml", "../../testdata/corpus/webhook-example/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			f.Fatalf("no seed at %s: %v", pattern, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"f.yaml", "f.json"} {
			files := fstest.MapFS{name: {Data: []byte(text)}, "other.yaml": {Data: []byte("y: {$ref: '" + name + "#/x'}\n")}}
			d, issues := Load(files, name)
			for _, i := range issues {
				if i.Pos.File == "" || i.Pos.Line < 1 || i.Pos.Col < 1 || i.Message == "" || strings.HasSuffix(i.Message, ".") && !strings.Contains(i.Message, "not valid") {
					t.Errorf("issue %q", i.String())
				}
			}
			if d != nil && d.Root != nil && !json.Valid(d.Root.JSON()) {
				t.Errorf("not JSON: %s", d.Root.JSON())
			}
		}
	})
}
