package ir

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
	"github.com/penstock-dev/penstock/generator/internal/goname"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// The three forms of a schema mean the same: as the document writes it, as JSON for the fallback
// validator, and as Go data, which is written back as JSON here. jsonschema/v5 judges all three.

// meanings are schemas of draft-07 with values, some of which they admit.
var meanings = []struct {
	name, schema string
	values       []string
	native       bool
}{
	{"types", `{"type": ["integer", "null"]}`, []string{`1`, `1.0`, `1.5`, `null`, `"1"`, `{}`, `true`}, true},
	{"number", `{"type": "number", "minimum": 0.5, "exclusiveMaximum": 2, "multipleOf": 0.25}`, []string{`0.5`, `2`, `1.75`, `1.1`, `"x"`, `0.25`}, true},
	{"text", `{"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^ä"}`, []string{`"ä"`, `"äb"`, `"äbcd"`, `"bä"`, `1`}, true},
	{"enumerations", `{"enum": [1, "a", null, [1], {"a": 1}]}`, []string{`1`, `1.0`, `"a"`, `null`, `[1]`, `{"a":1}`, `{"a":2}`, `2`}, true},
	{"constant null", `{"const": null}`, []string{`null`, `0`, `""`}, true},
	{"array", `{"items": {"type": "integer"}, "minItems": 1, "maxItems": 2, "uniqueItems": true}`, []string{`[]`, `[1]`, `[1,1]`, `[1,2,3]`, `["a"]`, `{}`}, true},
	{"no items", `{"items": false}`, []string{`[]`, `[1]`}, true},
	{
		"object", `{"type": "object", "properties": {"a": {"type": "string"}, "b": false}, "required": ["a"], "additionalProperties": {"type": "integer"}, "maxProperties": 2}`,
		[]string{`{}`, `{"a":"x"}`, `{"a":"x","b":1}`, `{"a":"x","c":1}`, `{"a":"x","c":"y"}`, `{"a":"x","c":1,"d":2}`, `[]`},
		true,
	},
	{"closed", `{"properties": {"a": {}}, "additionalProperties": false}`, []string{`{}`, `{"a":1}`, `{"b":1}`, `1`}, true},
	{
		"combinations", `{"oneOf": [{"type": "integer"}, {"minimum": 2}], "anyOf": [{"maximum": 5}, {"type": "string"}], "allOf": [{"multipleOf": 1}]}`,
		[]string{`1`, `2`, `2.5`, `7`, `"a"`},
		true,
	},
	{"a tree", `{"type": "object", "properties": {"next": {"$ref": "#/components/schemas/S"}}, "required": ["v"]}`, []string{`{"v":1}`, `{"v":1,"next":{}}`, `{"v":1,"next":{"v":2}}`}, true},
	{"a reference is alone", `{"properties": {"a": {"$ref": "#/components/schemas/Text", "maxLength": 1}}}`, []string{`{"a":"xyz"}`, `{"a":1}`}, true},
	{"format", `{"format": "uuid"}`, []string{`"x"`, `"f81d4fae-7dec-11d0-a765-00a0c91e6bf6"`, `1`}, true},
	{"tuple", `{"items": [{"type": "string"}], "additionalItems": {"type": "integer"}}`, []string{`[]`, `["a"]`, `[1]`, `["a",1]`, `["a","b"]`}, false},
	{"condition", `{"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"maxProperties": 0}}`, []string{`{}`, `{"a":1}`, `{"a":1,"b":1}`, `{"c":1}`}, false},
	{"dependencies", `{"dependencies": {"a": ["b"], "c": {"required": ["d"]}}}`, []string{`{}`, `{"a":1}`, `{"a":1,"b":1}`, `{"c":1}`, `{"c":1,"d":1}`}, false},
	{"patterns", `{"patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": false, "propertyNames": {"maxLength": 2}}`, []string{`{"x":1}`, `{"x":"a"}`, `{"y":1}`, `{"xyz":1}`}, false},
	{"not, contains", `{"not": {"type": "string"}, "contains": {"const": 1}}`, []string{`"a"`, `[1]`, `[2]`, `{}`}, false},
	{"far away", `{"properties": {"a": {"$ref": "#/components/schemas/Conditional"}}}`, []string{`{"a":{}}`, `{"a":{"x":1}}`}, false},
	{"false", `false`, []string{`1`, `null`}, true},
	{"true", `true`, []string{`1`, `null`}, true},
}

// others are the schemas that those refer to.
const others = `"Text": {"type": "string"}, "Conditional": {"if": {"required": ["x"]}, "then": false}`

func TestMeaning(t *testing.T) {
	for _, test := range meanings {
		t.Run(test.name, func(t *testing.T) {
			forms := read(t, test.schema, model.Draft07)
			if forms == nil {
				t.Fatal("the schema cannot be read")
			}
			if (forms.native != nil) != test.native {
				t.Errorf("native is %v, want %v", forms.native != nil, test.native)
			}
			admitted := 0
			for _, value := range test.values {
				if forms.agree(t, value) {
					admitted++
				}
			}
			if test.schema[0] == '{' && (admitted == 0 || admitted == len(test.values)) {
				t.Errorf("%d of %d values are admitted: this shows nothing", admitted, len(test.values))
			}
		})
	}
}

func FuzzMeaning(f *testing.F) {
	for _, m := range meanings {
		for _, value := range m.values {
			f.Add(m.schema, value)
		}
	}
	f.Fuzz(func(t *testing.T, schema, value string) {
		if forms := read(t, schema, model.Draft07); forms != nil && json.Valid([]byte(value)) {
			forms.agree(t, value)
		}
	})
}

// forms are the three forms of a schema, as jsonschema/v5 compiled them; native may be nil.
type forms struct {
	text                       string
	written, fallback, native  *jsonschema.Schema
	fallbackText, nativeAsText string
}

// read makes the three forms of a schema; nil for what is no schema, or loses words on the way.
func read(t *testing.T, schema string, d model.Dialect) *forms {
	t.Helper()
	document := `{"components": {"schemas": {"S": ` + schema + `, ` + others + `}}}`
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	var tree struct {
		Components struct{ Schemas map[string]any }
	}
	if err := decoder.Decode(&tree); err != nil || len(tree.Components.Schemas) != 3 {
		return nil
	}
	written, err := compiled(jsonschema.Draft7, document, "#/components/schemas/S")
	if err != nil {
		return nil
	}
	m := &model.Model{}
	for name, s := range tree.Components.Schemas {
		m.Schemas = append(m.Schemas, &model.Schema{Name: name, JSON: s, Dialect: d})
	}
	set, issues := dialect.Normalise(m)
	if len(issues) > 0 || !checkable(set["S"], tree.Components.Schemas["S"]) {
		return nil
	}
	var scope goname.Set
	v := &validators{set: set, scope: &scope, roots: map[string]string{}, defs: map[string]string{}}
	refs := v.reachable(set["S"])
	out := &forms{text: schema, written: written, fallbackText: string(fallback(set["S"], refs, set))}
	if out.fallback, err = compiled(jsonschema.Draft2020, out.fallbackText, ""); err != nil {
		t.Fatalf("the fallback of %s does not compile: %v\n%s", schema, err, out.fallbackText)
	}
	if l := v.compile(set["S"]); l.Fields == nil || l.Fields[0].Name != "JSON" {
		out.nativeAsText = nativeText(t, set, refs)
		if out.native, err = compiled(jsonschema.Draft2020, out.nativeAsText, ""); err != nil {
			t.Fatalf("the Go data of %s do not compile: %v\n%s", schema, err, out.nativeAsText)
		}
	}
	return out
}

// checkable leaves out what v5 reads in another way than we say we do: formats that we do not
// check, and words that change what a reference means.
func checkable(normal dialect.Schema, written any) bool {
	ok := true
	dialect.Walk(normal, func(object map[string]any) {
		format, has := object["format"].(string)
		ok = ok && (!has || slices.Contains(formats, format))
	})
	text, err := json.Marshal(written)
	return ok && err == nil && !bytes.Contains(text, []byte(`"$`)) || bytes.Count(text, []byte(`"$`)) == bytes.Count(text, []byte(`"$ref":"#/components/schemas/`)) && ok
}

// agree holds the verdicts of the three forms against each other, and returns that of the first.
func (f *forms) agree(t *testing.T, text string) bool {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("value %q: %v", text, err)
	}
	want := f.written.Validate(value) == nil
	if got := f.fallback.Validate(value) == nil; got != want {
		t.Errorf("%s: %s is %v, the fallback says %v\n%s", f.text, text, want, got, f.fallbackText)
	}
	if f.native != nil {
		if got := f.native.Validate(value) == nil; got != want {
			t.Errorf("%s: %s is %v, the Go data say %v\n%s", f.text, text, want, got, f.nativeAsText)
		}
	}
	return want
}

func compiled(draft *jsonschema.Draft, text, fragment string) (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.Draft, c.AssertFormat = draft, true
	c.LoadURL = func(string) (io.ReadCloser, error) { return nil, io.EOF }
	if err := c.AddResource("mem.json", strings.NewReader(text)); err != nil {
		return nil, err
	}
	return c.Compile("mem.json" + fragment)
}

// nativeText writes the Go data of a schema back as JSON.
func nativeText(t *testing.T, set dialect.Set, refs []string) string {
	t.Helper()
	root, _ := native(set["S"])
	object := map[string]any{"allOf": []any{written(root)}}
	defs := map[string]any{}
	for _, name := range refs {
		def, _ := native(set[name])
		defs[name] = written(def)
	}
	object["$defs"] = defs
	return string(text(object))
}

// written is the JSON Schema that a compiled schema stands for.
func written(s *endpoint.Schema) any {
	if s.Never {
		return false
	}
	out := map[string]any{}
	set := func(key string, value any, when bool) {
		if when {
			out[key] = value
		}
	}
	set("$ref", "#/$defs/"+s.Ref, s.Ref != "")
	set("type", typeNamesOf(s.Types), s.Types != 0)
	var enum []json.RawMessage
	for _, value := range s.Enum {
		enum = append(enum, json.RawMessage(value))
	}
	set("enum", enum, enum != nil)
	set("const", json.RawMessage(s.Const), s.Const != "")
	for key, limit := range map[string]string{
		"minimum": s.Minimum, "maximum": s.Maximum, "exclusiveMinimum": s.ExclusiveMinimum,
		"exclusiveMaximum": s.ExclusiveMaximum, "multipleOf": s.MultipleOf,
	} {
		set(key, json.Number(limit), limit != "")
	}
	set("minLength", s.MinLength, true)
	set("maxLength", s.MaxLength, s.MaxLength != nil)
	set("pattern", s.Pattern, s.Pattern != "")
	set("format", s.Format, s.Format != "")
	set("minItems", s.MinItems, true)
	set("maxItems", s.MaxItems, s.MaxItems != nil)
	set("uniqueItems", s.UniqueItems, true)
	set("minProperties", s.MinProperties, true)
	set("maxProperties", s.MaxProperties, s.MaxProperties != nil)
	set("required", s.Required, s.Required != nil)
	if s.Items != nil {
		out["items"] = written(s.Items)
	}
	if s.Additional != nil {
		out["additionalProperties"] = written(s.Additional)
	}
	properties := map[string]any{}
	for _, p := range s.Properties {
		properties[p.Name] = written(p.Schema)
	}
	out["properties"] = properties
	for key, list := range map[string][]*endpoint.Schema{"allOf": s.AllOf, "anyOf": s.AnyOf, "oneOf": s.OneOf} {
		var schemas []any
		for _, item := range list {
			schemas = append(schemas, written(item))
		}
		set(key, schemas, schemas != nil)
	}
	return out
}

// typeNamesOf is the set as JSON Schema writes it: number holds integer, and the reverse is none
// that a schema can say.
func typeNamesOf(types endpoint.Types) []string {
	var names []string
	for name, bit := range typeBits {
		if types&bit == bit {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
