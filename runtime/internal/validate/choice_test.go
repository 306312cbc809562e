package validate_test

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// tree is a schema that contains itself.
func tree() *endpoint.Schema {
	return &endpoint.Schema{Ref: "Tree", Defs: map[string]*endpoint.Schema{"Tree": {AnyOf: []*endpoint.Schema{
		{Types: endpoint.Integer},
		{Types: endpoint.Object, Properties: []endpoint.Property{{Name: "a", Schema: &endpoint.Schema{Ref: "Tree"}}}},
	}}}}
}

func one(name string, s *endpoint.Schema) []endpoint.Property {
	return []endpoint.Property{{Name: name, Schema: s}}
}

var choices = []rule{
	{"oneOf nullable", &endpoint.Schema{OneOf: []*endpoint.Schema{{Types: endpoint.Null}, {Types: endpoint.Object, Required: []string{"a"}}}}, map[string][]string{
		`null`: nil, `{"a":1}`: nil,
		`{}`: {`: property "a" is missing`},
		`1`:  {": must match exactly one of 2 alternatives, but matches none"},
		`{`:  {": not JSON: expected the name of a property but the text ends at line 1, column 2 (offset 1)"},
	}},
	{"oneOf objects", &endpoint.Schema{OneOf: []*endpoint.Schema{
		{Required: []string{"kind"}, Properties: one("kind", &endpoint.Schema{Const: `"cat"`})},
		{Required: []string{"kind"}, Properties: one("kind", &endpoint.Schema{Const: `"dog"`})},
		{Required: []string{"kind", "any"}},
	}}, map[string][]string{
		`{"kind":"cat"}`: nil, `{"kind":"dog"}`: nil, `{"kind":"bird","any":1}`: nil,
		`{"kind":"bird"}`:         {": must match exactly one of 3 alternatives, but matches none"},
		`{"kind":"cat","any":1}`:  {": must match exactly one of 3 alternatives, but matches numbers 1 and 3"},
		`{"kind":"cat","any":1]`:  {`: not JSON: expected "," or "}" but found ']' at line 1, column 22 (offset 21)`},
		`{"kind":"x","kind":"x"}`: {`/kind: property "kind" appears more than once`},
	}},
	{"anyOf", &endpoint.Schema{Types: endpoint.String | endpoint.Integer, AnyOf: []*endpoint.Schema{{MaxLength: intp(2)}, {Pattern: "^x"}, nil}}, map[string][]string{
		`"ab"`: nil, `"xyz"`: nil, `1`: nil, `"abc"`: nil, `1.5`: {": must be a string or an integer, not a number with a fraction"},
	}},
	{"anyOf none", &endpoint.Schema{AnyOf: []*endpoint.Schema{{Types: str, MaxLength: intp(2)}, {Types: str, Pattern: "^x"}, {Never: true}}}, map[string][]string{
		`"ab"`: nil, `"xyz"`: nil, `"abc"`: {": must match at least one of 3 alternatives"}, `1`: {": must match at least one of 3 alternatives"},
	}},
	{"allOf", &endpoint.Schema{AllOf: []*endpoint.Schema{
		{Required: []string{"a"}, Properties: one("a", &endpoint.Schema{Types: integer})},
		{Required: []string{"b"}, Properties: one("b", &endpoint.Schema{Types: str})},
	}}, map[string][]string{
		`{"a":1,"b":""}`: nil,
		`{"a":"","b":1}`: {"/a: must be an integer, not a string", "/b: must be a string, not a number"},
		`{}`:             {`: property "a" is missing`, `: property "b" is missing`},
	}},
	{"anyOf inside oneOf", &endpoint.Schema{Items: &endpoint.Schema{OneOf: []*endpoint.Schema{
		{AnyOf: []*endpoint.Schema{{Types: str}, {Types: integer}}}, {Minimum: "5"},
	}}}, map[string][]string{
		`["a",1.5,1]`: {"/0: must match exactly one of 2 alternatives, but matches numbers 1 and 2", "/1: must match exactly one of 2 alternatives, but matches none"},
		`[1,6.5]`:     nil,
	}},
	{"tree", tree(), map[string][]string{
		`{"a":{"a":{"a":1}}}`:   nil,
		`{"a":{"a":{"a":"x"}}}`: {"/a/a/a: must match at least one of 2 alternatives"},
	}},
}

func TestChoices(t *testing.T) { testRules(t, choices) }

// TestNestedAlternativesAreBounded: two alternatives that both go down double the work with each
// level, which a sender could use to stall the gateway.
func TestNestedAlternativesAreBounded(t *testing.T) {
	deeper := func(last string) *endpoint.Schema {
		return &endpoint.Schema{Required: []string{"a"}, Properties: append(one("a", &endpoint.Schema{Ref: "T"}), one(last, &endpoint.Schema{Never: true})...)}
	}
	v := compile(t, &endpoint.Schema{Ref: "T", Defs: map[string]*endpoint.Schema{"T": {
		OneOf: []*endpoint.Schema{deeper("b"), deeper("c"), {Types: integer}},
	}}})
	// Without a bound this would never end.
	found := v.Check([]byte(strings.Repeat(`{"a":`, 60) + "1" + strings.Repeat("}", 60)))
	if len(found) != 1 || found[0].Detail != "has alternatives nested too deeply to be checked" {
		t.Errorf("%v", found)
	}
}
