package document

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// TestInside: the sign § of a text's value is found where the file has it, or not at all.
func TestInside(t *testing.T) {
	for name, c := range map[string]struct {
		file, text string
		found      bool
	}{
		"plain":         {"a.yaml", "k: ab§c # §", true},
		"plain umlaut":  {"a.yaml", "k: äb§c", true},
		"single quotes": {"a.yaml", "k: 'it''s §'", true},
		"double quotes": {"a.yaml", `k: "a\tb\\\"\u00e4\xe4§"`, true},
		"JSON":          {"a.json", `{"k": "a\/\u00e4\n§"}`, true},
		"literal block": {"a.yaml", "k: |\n  one\n\n    two§\n  three\n", true},
		"folded block":  {"a.yaml", "k: >\n  one\n  two§\n", false},
		"folded quotes": {"a.yaml", "k: \"one\n  two§\"", false},
		"surrogates":    {"a.json", `{"k": "\ud83d\ude00§"}`, false},
	} {
		d, issues := Read(fstest.MapFS{c.file: {Data: []byte(c.text)}}, c.file)
		if len(issues) > 0 {
			t.Errorf("%s: %v", name, issues)
			continue
		}
		n := d.Root.Get("k")
		pos, found := d.Inside(n, strings.Index(n.Text, "§"))
		if found != c.found {
			t.Errorf("%s: found %v", name, found)
			continue
		}
		if !found {
			continue
		}
		at := strings.Index(c.text, "§")
		line := strings.Count(c.text[:at], "\n") + 1
		want := fmt.Sprintf("%s:%d:%d", c.file, line, at-strings.LastIndex(c.text[:at], "\n"))
		if pos.String() != want {
			t.Errorf("%s: got %s, want %s", name, pos, want)
		}
		if _, beyond := d.Inside(n, len(n.Text)+1); beyond {
			t.Errorf("%s: a place beyond the text", name)
		}
	}
}
