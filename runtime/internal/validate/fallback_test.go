package validate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func sorted(found []core.Violation) []string {
	all := texts(found)
	slices.Sort(all)
	return all
}

// beyond are schemas with keywords that only the fallback has.
var beyond = []struct {
	schema string
	cases  map[string][]string
}{
	{`{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"n":{"type":"integer","minimum":1}},
	   "type":"object","properties":{"kind":{"enum":["a","b"]},"a b~/%":{"$ref":"#/definitions/n"}},
	   "if":{"properties":{"kind":{"const":"a"}},"required":["kind"]},"then":{"required":["x","y"]},"else":{"required":["z"]}}`, map[string][]string{
		`{"kind":"a","x":1,"y":2}`:     nil,
		`{"kind":"a"}`:                 {`: property "x" is missing`, `: property "y" is missing`},
		`{"kind":"c"}`:                 {`/kind: must be one of "a", "b"`, `: property "z" is missing`},
		`{"z":1,"a b~/%":0}`:           {"/a b~0~1%: must be at least 1"},
		`{"z":1,"a b~/%":"0"}`:         {"/a b~0~1%: must be an integer, not a string"},
		`{"z":1,"a b~/%":1.5}`:         {"/a b~0~1%: must be an integer, not a number with a fraction"},
		`{"z":1,"z":2}`:                {`/z: property "z" appears more than once`},
		`{"z":1e400}`:                  nil,
		`{"z":1e40000}`:                {"/z: has too many digits to be checked"},
		`{"z":[1e-99999999999999999]}`: {"/z/0: has too many digits to be checked"},
		`{"z":1`:                       {`: not JSON: expected "," or "}" but the text ends at line 1, column 7 (offset 6)`},
	}},
	{`{"patternProperties":{"^x-":{"type":"string","pattern":"^a"}},"properties":{"id":{}},"additionalProperties":false,
	   "propertyNames":{"maxLength":4},"minProperties":1,"dependentRequired":{"id":["x-1"]}}`, map[string][]string{
		`{"x-1":"ab"}`:           nil,
		`{"id":1,"x-1":"ab"}`:    nil,
		`{"b":1,"a":2}`:          {`: property "a" is not allowed`, `: property "b" is not allowed`},
		`{"x-12345":"a"}`:        {"/x-12345: the name of the property must have at most 4 characters"},
		`{"x-1":"b","x-2":null}`: {`/x-1: must match the pattern "^a"`, "/x-2: must be a string, not null"},
		`{}`:                     {": must have at least 1 property"},
		`{"id":1}`:               {`: property "x-1" is missing, which "id" requires`},
	}},
	{`{"contains":{"type":"integer"},"not":{"minItems":4},"uniqueItems":true,"items":{"not":{"const":7},"multipleOf":0.5}}`, map[string][]string{
		`[1]`:       nil,
		`["a"]`:     {": must have at least 1 matching item"},
		`[1,1]`:     {": items at index 0 and 1 are equal"},
		`[1,2,3,4]`: {`: must not match the schema under "not"`},
		`[1,7,0.7]`: {`/1: must not match the schema under "not"`, "/2: must be a multiple of 0.5"},
	}},
	{`{"oneOf":[{"type":"null"},{"properties":{"a":{"type":["string","null"],"format":"date"},"b":false},"type":"object"}]}`, map[string][]string{
		`null`:            nil,
		`{"a":"x","b":1}`: {"/a: must be a date such as 2026-01-31", "/b: is not allowed"},
		`{"a":[]}`:        {"/a: must be a string or null, not an array"},
		`1`:               {": must match exactly one of 2 alternatives, but matches none"},
	}},
	{`{"anyOf":[{"minimum":5},{"maximum":1,"exclusiveMinimum":0}],"oneOf":[{"const":3},{"type":"number"}]}`, map[string][]string{
		`6`: nil,
		`3`: {": must match at least one of 2 alternatives", ": must match exactly one of 2 alternatives, but matches numbers 1 and 2"},
	}},
	{`{"unevaluatedProperties":false,"properties":{"a":{"const":[1,"<"]}}}`, map[string][]string{
		`{"a":[1,"<"]}`:    nil,
		`{"a":1,"b":true}`: {`/a: must be [1,"<"]`, "/b: is not allowed"},
	}},
}

func TestFallback(t *testing.T) {
	for _, b := range beyond {
		v := compile(t, &endpoint.Schema{JSON: endpoint.JSON(b.schema)})
		for message, want := range b.cases {
			slices.Sort(want)
			if diff := cmp.Diff(want, sorted(v.Check([]byte(message)))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", message, diff)
			}
		}
	}
}

// TestFallbackSpeaksAlike: both ways give the same sentences for what both have.
func TestFallbackSpeaksAlike(t *testing.T) {
	s := order()
	s.Additional = nil // its sentence differs: the library gives no pointer of the property
	s.Defs["Item"].Additional = nil
	native, fallback := compile(t, s), compile(t, &endpoint.Schema{JSON: endpoint.JSON(schemaText(s))})
	for _, change := range [][2]string{
		{`"id":4711`, `"id":0.5`},
		{`"id":4711`, `"id":0`},
		{`"id":4711,`, ``},
		{"ada@example.org", "ada"},
		{`"new"`, `"old"`},
		{"2026-01-31T", "2026-01-32T"},
		{"ABC-12345", "abc"},
		{`"quantity":2`, `"quantity":1000`},
		{`"quantity":2`, `"quantity":null`},
		{`39.98`, `"much"`},
		{`[{"sku":"ABC-12345","quantity":2,"price":19.99}]`, `[]`},
		{`"please`, `"` + strings.Repeat("x", 500)},
	} {
		body := []byte(strings.Replace(small, change[0], change[1], 1))
		want, got := sorted(native.Check(body)), sorted(fallback.Check(body))
		if len(want) == 0 || !cmp.Equal(want, got) {
			t.Errorf("%s → %s:\nnative   %q\nfallback %q", change[0], change[1], want, got)
		}
	}
}
