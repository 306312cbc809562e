package document

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestPositions counts columns in bytes, whatever the line ends and the characters are.
func TestPositions(t *testing.T) {
	for name, text := range map[string]string{
		"unix":          "a: 1\nb:\n  - äö: x\n",
		"windows":       "a: 1\r\nb:\r\n  - äö: x\r\n",
		"bom":           "\ufeffa: 1\nb:\n  - äö: x\n",
		"odd separator": "a: '\u2028'\nb:\n  - äö: x\n",
	} {
		d := readText(t, "f.yaml", text)
		b := d.Root.Member("b")
		item := b.Value.Items[0]
		got := fmt.Sprint(d.Root.Pos, b.KeyPos, item.Pos, item.Members[0].KeyPos, item.Members[0].Value.Pos)
		if want := "f.yaml:1:1 f.yaml:2:1 f.yaml:3:5 f.yaml:3:5 f.yaml:3:11"; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestMergeKeys(t *testing.T) {
	d := readText(t, "f.yaml", `
base: &base {a: 1, b: 1}
more: &more {b: 2, c: 2}
one:
  <<: *base
  b: own
list:
  <<: [*base, *more]
inline:
  <<: {d: 4}
quoted:
  "<<": text
`)
	for key, want := range map[string]string{
		"one":    `{"b":"own","a":1}`,
		"list":   `{"a":1,"b":1,"c":2}`,
		"inline": `{"d":4}`,
		"quoted": `{"<<":"text"}`,
	} {
		got := strings.ReplaceAll(strings.TrimSpace(string(d.Root.Get(key).JSON())), "\n", "")
		if got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
	if pos := d.Root.Get("one").Member("a").KeyPos.String(); pos != "f.yaml:2:14" {
		t.Errorf("a merged member stands at %s", pos)
	}
}

func TestAliasesAreCopies(t *testing.T) {
	d := readText(t, "f.yaml", "a: &a {x: 1}\nb: *a\n")
	if first, second := d.Root.Get("a"), d.Root.Get("b"); first == second || d.Pointer(second.Get("x")) != "/b/x" {
		t.Errorf("the alias has the pointer %q", d.Pointer(second.Get("x")))
	}
}

func TestDepth(t *testing.T) {
	for name, want := range map[string]string{"f.yaml": "nested deeper than 10000 levels", "f.json": "nested deeper than 10000 levels"} {
		for depth, fails := range map[int]bool{9_000: false, 10_100: true} {
			text := strings.Repeat("[", depth) + strings.Repeat("]", depth)
			if name == "f.yaml" {
				text = "# yaml\n" + text
			}
			_, issues := Read(fstest.MapFS{name: {Data: []byte(text)}}, name)
			if fails != (len(issues) > 0) || fails && issues[0].Message != want {
				t.Errorf("%s of depth %d: %v", name, depth, issues)
			}
		}
	}
}

func TestEncodings(t *testing.T) {
	for text, want := range map[string]string{
		"\xff\xfea\x00":   "f.yaml:1:1: the file is UTF-16: save it as UTF-8",
		"a: b\nc: \xe4\n": "f.yaml:2:4: byte 0xE4 is not UTF-8",
		"\ufeff":          "f.yaml:1:1: the file is empty",
	} {
		_, issues := Read(fstest.MapFS{"f.yaml": {Data: []byte(text)}}, "f.yaml")
		if len(issues) != 1 || issues[0].String() != want {
			t.Errorf("%q: %v, want %s", text, issues, want)
		}
	}
}

func TestJSON(t *testing.T) {
	d := readText(t, "f.json", "{\n\t\"a\": \"\\/x\\u00e4\\ud83d\\ude00\",\n\t\"b\": [1.50, -2e3, true, null, {}]\n}")
	want := map[string]any{"a": "/xä😀"}
	if diff := cmp.Diff(want["a"], d.Root.Get("a").Value()); diff != "" {
		t.Error(diff)
	}
	if got := strings.ReplaceAll(string(d.Root.Get("b").JSON()), "\n", ""); got != "[1.50,-2e3,true,null,{}]" {
		t.Errorf("b is %s", got)
	}
	if pos := d.Root.Get("b").Items[1].Pos.String(); pos != "f.json:3:14" {
		t.Errorf("the second item stands at %s", pos)
	}
}

// TestJSONInYAML reads JSON under a name of YAML with the reader for JSON: the one for YAML
// refuses the escape \/.
func TestJSONInYAML(t *testing.T) {
	if got := readText(t, "f.yaml", `{"a": "\/"}`).Root.Get("a").Text; got != "/" {
		t.Errorf("a is %q", got)
	}
}

// TestYAMLVersion reads documents that say which YAML they are written in.
func TestYAMLVersion(t *testing.T) {
	for name, text := range map[string]string{
		"1.1":      "%YAML 1.1\n---\na: on\n",
		"1.2":      "%YAML 1.2\n---\na: on\n",
		"1.2.2":    "%YAML 1.2.2\n---\na: on\n",
		"comments": "# who\n\n%YAML 1.2\n---\na: on\n",
		"windows":  "\ufeff%YAML 1.2\r\n---\r\na: on\r\n",
	} {
		d := readText(t, "f.yaml", text)
		if a := d.Root.Get("a"); a == nil || a.Text != "on" || a.Pos.Col != 4 {
			t.Errorf("%s: a is %+v", name, a)
		}
	}
	const text = "a: 'one\n%YAML 1.2'\n"
	if d := readText(t, "f.yaml", text); d.Root.Get("a").Text != "one %YAML 1.2" {
		t.Errorf("a text was taken for a directive: %q", d.Root.Get("a").Text)
	}
}

func TestControlCharacters(t *testing.T) {
	for text, want := range map[string]string{
		"a: 1\nb: \"ä\x01\"\n": `f.yaml:2:7: not valid YAML: control character U+0001: remove it, or write \x01 in double quotes`,
		"a: \x00\n":            `f.yaml:1:4: not valid YAML: control character U+0000: remove it, or write \x00 in double quotes`,
		"PK\x03\x04":           `f.yaml:1:3: not valid YAML: control character U+0003: remove it, or write \x03 in double quotes`,
		"a: \u0090\n":          `f.yaml:1:4: not valid YAML: control character U+0090: remove it, or write \x90 in double quotes`,
	} {
		_, issues := Read(fstest.MapFS{"f.yaml": {Data: []byte(text)}}, "f.yaml")
		if len(issues) != 1 || issues[0].String() != want {
			t.Errorf("%q: %v, want %s", text, issues, want)
		}
	}
}

func TestTwoMergeKeys(t *testing.T) {
	_, issues := Read(fstest.MapFS{"f.yaml": {Data: []byte("a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n")}}, "f.yaml")
	const want = `f.yaml:4:3: duplicate key "<<": one << takes a list, [*a, *b]`
	if len(issues) != 1 || issues[0].String() != want {
		t.Errorf("%v, want %s", issues, want)
	}
}
