package understand

import (
	"path/filepath"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/penstock-dev/penstock/generator/internal/document"
)

// TestAnyStructure puts values of other kinds in the place of every value of some documents:
// each must give a model or errors with a place, and nothing may crash.
func TestAnyStructure(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files := fstest.MapFS{}
		for _, f := range archive.Files {
			files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
		first := archive.Files[0].Name
		d, issues := document.Read(files, first)
		if d.Root == nil {
			t.Fatal(issues)
		}
		turn := 0
		visit(d.Root, func(n *document.Node) {
			was := *n
			other := others[turn%len(others)]
			turn++
			n.Kind, n.Text, n.Items, n.Members = other.Kind, other.Text, other.Items, other.Members
			files[first] = &fstest.MapFile{Data: d.Root.JSON()}
			*n = was
			checkBuild(t, files, first, d.Pointer(n))
		})
	}
}

// others are the values that take the place of those of a document, in turn.
var others = []document.Node{
	{Kind: document.Null},
	{Kind: document.Array, Items: []*document.Node{{Kind: document.String, Text: "x"}}},
	{Kind: document.Object},
	{Kind: document.String, Text: "{x}"},
	{Kind: document.Number, Text: "5"},
	{Kind: document.Bool, Text: "false"},
	{Kind: document.Object, Members: []document.Member{{Key: "$ref", Value: &document.Node{Kind: document.String, Text: "#"}}}},
}

// visit calls f for every value below and including n.
func visit(n *document.Node, f func(*document.Node)) {
	f(n)
	for _, item := range n.Items {
		visit(item, f)
	}
	for _, m := range n.Members {
		visit(m.Value, f)
	}
}

func checkBuild(t *testing.T, files fstest.MapFS, name, pointer string) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("%s%s: %v", name, pointer, r)
		}
	}()
	d, issues := document.Load(files, name)
	if d != nil {
		m, more := Build(d)
		if (m == nil) != document.Failed(more) {
			t.Errorf("%s%s: a model is %v, issues %v", name, pointer, m != nil, more)
		}
		issues = append(issues, more...)
	}
	for _, i := range issues {
		if i.Pos.File == "" || i.Pos.Line < 1 || i.Pos.Col < 1 || i.Message == "" {
			t.Errorf("%s%s: issue %q", name, pointer, i)
		}
	}
}
