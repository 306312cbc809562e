package effective

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/schema"
)

// stack makes layers of texts, weakest first; each is a file of its own: 0.yaml, 1.yaml and so on.
func stack(t *testing.T, texts ...string) Layers {
	t.Helper()
	var all Layers
	for i, text := range texts {
		name := string(rune('0'+i)) + ".yaml"
		d, issues := document.Read(fstest.MapFS{name: {Data: []byte(text)}}, name)
		if len(issues) > 0 {
			t.Fatal(issues)
		}
		all = append(all, layer{node: d.Root})
	}
	return all
}

// place is where an origin stands, "" for none.
func place(n *document.Node) string {
	if n == nil {
		return ""
	}
	return n.Pos.String()
}

func TestOrigin(t *testing.T) {
	all := stack(t, "a: 1\nb: { c: 2, d: 3 }\n", "b: { c: 4 }\n", "b: { d: null }\n")
	for pointer, want := range map[string]string{
		"/a":   "0.yaml:1:4",
		"/b/c": "1.yaml:1:9",
		"/b/d": "", // deleted by the strongest
		"/b/e": "",
		"/e":   "",
	} {
		if got := place(all.Origin(pointer)); got != want {
			t.Errorf("%s came from %q, not %q", pointer, got, want)
		}
	}
	if got := place(all.Nearest("/b/e/f")); got != "2.yaml:1:4" {
		t.Errorf("what is nearest to /b/e/f stands at %q", got)
	}
}

// TestOriginOfPart: a switch takes a part of the group in the place of the endpoint's own.
func TestOriginOfPart(t *testing.T) {
	all := stack(t, "sharedConfigurationOverride: { a: 1 }\nweight: 2\n", "sharedConfiguration: { a: 3 }\nweight: 4\n")
	all[0].without = shared
	all[1].from, all[1].to = "/sharedConfiguration", shared
	for pointer, want := range map[string]string{shared + "/a": "1.yaml:1:27", "/weight": "0.yaml:2:9"} {
		if got := place(all.Origin(pointer)); got != want {
			t.Errorf("%s came from %q, not %q", pointer, got, want)
		}
	}
}

// TestOriginOfAlias: a value is found under the other name that a document may give it.
func TestOriginOfAlias(t *testing.T) {
	all := stack(t, "keyStore: { type: PEM }\ntopics.pattern: a.*\n")
	for pointer, want := range map[string]string{"/keystore/type": "0.yaml:1:19", "/topicPattern": "0.yaml:2:17"} {
		if got := place(all.Origin(pointer)); got != want {
			t.Errorf("%s came from %q, not %q", pointer, got, want)
		}
	}
}

func TestOriginsAreRedacted(t *testing.T) {
	all := stack(t, "sharedConfigurationOverride: { security: { ssl: { trustStore: { type: JKS, password: secret } } } }\n")
	value := map[string]any{
		"weight": 1,
		"sharedConfigurationOverride": map[string]any{"security": map[string]any{"ssl": map[string]any{
			"trustStore": map[string]any{"type": "JKS", "password": "secret"},
		}}},
	}
	const store = shared + "/security/ssl/trustStore"
	want := []endpoint.Origin{
		{Pointer: store + "/password", Value: `"REDACTED"`, Source: "0.yaml:1:86"},
		{Pointer: store + "/type", Value: `"JKS"`, Source: "0.yaml:1:71"},
		{Pointer: "/weight", Value: "1", Source: "default"},
	}
	if diff := cmp.Diff(want, all.Origins(schema.Endpoint, value)); diff != "" {
		t.Errorf("origins (-want +got):\n%s", diff)
	}
}
