package document

import (
	"testing"
	"testing/fstest"
)

func TestResolve(t *testing.T) {
	files := fstest.MapFS{
		"specs/a.yaml": {Data: []byte(`
plain: {$ref: '#/defs/x'}
escaped: {$ref: '#/defs/a~1b~0c%20d'}
chain: {$ref: '#/plain'}
through: {$ref: '#/chain/deep'}
other: {$ref: ../shared/b.json#/y}
whole: {$ref: ./../shared/b.json}
item: {$ref: '#/list/1'}
back: {$ref: ../shared/b.json#/home}
$id: https://example.com/elsewhere/
defs:
  x: {deep: {name: deep}, name: x}
  a/b~c d: {name: escaped}
list: [{name: zero}, {name: one}]
`)},
		"shared/b.json": {Data: []byte(`{"name": "whole", "y": {"$ref": "#/z"}, "z": {"name": "z"}, "home": {"$ref": "../specs/a.yaml#/defs/x"}}`)},
	}
	d, issues := Read(files, "./specs/a.yaml")
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	for member, want := range map[string]string{
		"plain": "x", "escaped": "escaped", "chain": "x", "through": "deep", "other": "z", "whole": "whole",
		"item": "one", "back": "x",
	} {
		n, issue := d.Resolve(d.Root.Get(member))
		if issue != nil {
			t.Errorf("%s: %s", member, issue)
		} else if got := n.Get("name").Text; got != want {
			t.Errorf("%s leads to %q, want %q", member, got, want)
		}
	}
	if back, _ := d.Resolve(d.Root.Get("back")); back != d.Root.Get("defs").Get("x") {
		t.Error("a file that refers back was read twice")
	}
}

// TestSchemasMayBeCyclic loads references that lead back to a schema around them.
func TestSchemasMayBeCyclic(t *testing.T) {
	d, issues := Load(fstest.MapFS{"f.yaml": {Data: []byte(`
asyncapi: 3.0.0
info: {title: a, version: "1"}
components:
  schemas:
    Tree:
      type: object
      properties:
        children: {type: array, items: {$ref: '#/components/schemas/Tree'}}
        example: {type: string, default: {$ref: '#/not/followed'}}
  messages:
    proto:
      payload:
        schemaFormat: application/vnd.google.protobuf;version=3
        schema: {$ref: tree.proto#Tree}
`)}, "tree.proto": {Data: []byte("message Tree { repeated Tree children = 1; }")}}, "f.yaml")
	if d == nil || Failed(issues) {
		t.Fatal(issues)
	}
}

func TestInlineIsBounded(t *testing.T) {
	text := "a0: [x, x, x, x, x, x, x, x, x, x]\n"
	for i := '1'; i < '9'; i++ {
		text += "a" + string(i) + ": ["
		for range 10 {
			text += "{$ref: '#/a" + string(i-1) + "'}, "
		}
		text += "]\n"
	}
	d := readText(t, "f.yaml", text)
	_, issues := d.Inline(d.Root.Get("a8"))
	if len(issues) != 1 || issues[0].Message != "references expand to more than 100000 values" {
		t.Errorf("issues %v", issues)
	}
}

func TestTraits(t *testing.T) {
	const operations = `
info: {title: a, version: "1"}
operation:
  summary: own
  tags: [own]
  bindings: {kafka: {groupId: {const: own}}}
  traits:
    - {$ref: '#/trait'}
    - summary: second
      x-second: true
      x-first: null
trait:
  summary: first
  x-first: true
  tags: [first]
  bindings: {kafka: {clientId: {const: first}}, http: {}}
`
	for version, want := range map[string][2]string{
		"2.6.0": {"second", "first"},
		"3.0.0": {"own", "own"},
	} {
		d := readText(t, "f.yaml", "asyncapi: "+version+operations)
		if _, issue := d.detect(); issue != nil {
			t.Fatal(issue)
		}
		n := d.WithTraits(d.Root.Get("operation"))
		if got := [2]string{n.Get("summary").Text, n.Get("tags").Items[0].Text}; got != want {
			t.Errorf("%s: summary and tag are %q, want %q", version, got, want)
		}
		if n.Get("x-first") != nil || n.Get("x-second") == nil || n.Get("traits") != nil {
			t.Errorf("%s: members %q", version, n.Keys())
		}
		kafka := n.Get("bindings").Get("kafka")
		if kafka.Get("groupId") == nil || kafka.Get("clientId") == nil {
			t.Errorf("%s: bindings %q are not merged", version, kafka.Keys())
		}
		if again := d.WithTraits(d.Root.Get("operation")); again != n {
			t.Errorf("%s: the same operation is another node the second time", version)
		}
		if p := d.Pointer(n); p != "/operation" {
			t.Errorf("%s: pointer %q", version, p)
		}
	}
}

func TestOfficialSchemasCompile(t *testing.T) {
	for version, schema := range schemas {
		if _, err := schema(); err != nil {
			t.Errorf("%s: %v", version, err)
		}
	}
}
