package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const doc = "text\n```console run\n$ echo one\none\n$ echo two \\\n  three\ntwo …\n```\n```console\n$ echo not run\n```\n```sh\n$ nor this\n```\n"

func TestParse(t *testing.T) {
	want := []command{
		{"f.md", 3, "echo one", "one\n"},
		{"f.md", 5, "echo two \\\n  three", "two …\n"},
	}
	if diff := cmp.Diff(want, parse("f.md", doc), cmp.AllowUnexported(command{})); diff != "" {
		t.Error(diff)
	}
}

func TestCommandComparesItsOutput(t *testing.T) {
	for _, c := range parse("f.md", doc) {
		if err := c.run(); err != nil {
			t.Error(err)
		}
	}
	err := command{text: "echo one", want: "two"}.run()
	if err == nil || !strings.Contains(err.Error(), "the document shows:\ntwo\nbut it printed:\none") {
		t.Errorf("a wrong output passed: %v", err)
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"a.b", "a.b", true},
		{"a.b", "axb", false},
		{"id: …\ndata: x", "id: 1\nevent: e\ndata: x", true},
		{"a …", "b a c", false},
	} {
		if got := matches(c.pattern, c.text); got != c.want {
			t.Errorf("matches(%q, %q) = %v", c.pattern, c.text, got)
		}
	}
}
