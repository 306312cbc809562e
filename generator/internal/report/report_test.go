package report

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/generator/internal/document"
)

// read makes a report about a text.
func read(t *testing.T, text string) *Report {
	t.Helper()
	d, issues := document.Read(fstest.MapFS{"a.yaml": {Data: []byte(text)}}, "a.yaml")
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	return New(d)
}

func check(t *testing.T, r *Report, want ...string) {
	t.Helper()
	var got []string
	for _, issue := range r.Issues() {
		got = append(got, issue.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
}

// TestOnce proves that what several operations find is said once, and two things at one place are two.
func TestOnce(t *testing.T) {
	r := read(t, "a: 1\nb: 2\n")
	for range 3 {
		r.Fail(r.Doc.Root.Get("b"), "%d is even", 2)
	}
	r.Warn(r.Doc.Root.Get("b"), "%d is even", 2)
	r.FailKey(r.Doc.Root.Member("a"), "no name")
	r.WarnKey(r.Doc.Root.Member("a"), "a short name")
	check(t, r, "a.yaml:2:4: 2 is even (/b)", "a.yaml:2:4: warning: 2 is even (/b)", "a.yaml:1:1: no name (/a)", "a.yaml:1:1: warning: a short name (/a)")
	if !r.Failed() {
		t.Error("the report has errors, but is not failed")
	}
}

func TestWarningsDoNotFail(t *testing.T) {
	r := read(t, "a: 1\n")
	r.Warn(r.Doc.Root, "strange")
	if r.Failed() {
		t.Errorf("%v failed", r.Issues())
	}
}

func TestWant(t *testing.T) {
	r := read(t, "a: []\n")
	for _, c := range []struct {
		node *document.Node
		kind document.Kind
		want bool
	}{{r.Doc.Root, document.Object, true}, {nil, document.Object, true}, {r.Doc.Root.Get("a"), document.Object, false}} {
		if got := r.Want(c.node, c.kind, "a"); got != c.want {
			t.Errorf("Want(%v) = %t", c.node, got)
		}
	}
	check(t, r, "a.yaml:1:1: a must be an object, not an array (/a)")
}

func TestResolve(t *testing.T) {
	r := read(t, "a: { $ref: \"#/b\" }\nb: text\nc: { $ref: \"#/missing\" }\n")
	if got := r.Resolve(r.Doc.Root.Get("a")).Str(); got != "text" {
		t.Errorf("a leads to %q", got)
	}
	if got := r.Resolve(nil); got != nil {
		t.Errorf("nil leads to %v", got)
	}
	check(t, r)
	if got := r.Resolve(r.Doc.Root.Get("c")); got != nil || !r.Failed() {
		t.Errorf("c leads to %v, issues %v", got, r.Issues())
	}
}

func TestWords(t *testing.T) {
	for want, list := range map[string][]string{"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}} {
		if got := Words(list); got != want {
			t.Errorf("%q is written %q", list, got)
		}
	}
}
