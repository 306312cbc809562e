package validate_test

import (
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/validate"
)

func TestCompileErrors(t *testing.T) {
	defs := func(pairs map[string]*endpoint.Schema) *endpoint.Schema {
		return &endpoint.Schema{Ref: "A", Defs: pairs}
	}
	for want, s := range map[string]*endpoint.Schema{
		"schema at \"/properties/a~1b/items\": pattern: error parsing regexp: missing closing ): `(`": {
			Properties: one("a/b", &endpoint.Schema{Items: &endpoint.Schema{Pattern: "("}}),
		},
		`schema at "/allOf/1": minimum "1,5" is not a number`:                      {AllOf: []*endpoint.Schema{nil, {Minimum: "1,5"}}},
		`schema at "/anyOf/0": exclusiveMaximum "-" is not a number`:               {AnyOf: []*endpoint.Schema{{ExclusiveMaximum: "-"}}},
		`schema at "/oneOf/0": multipleOf "0" is not greater than 0`:               {OneOf: []*endpoint.Schema{{MultipleOf: "0"}}},
		`schema at "": multipleOf "-1" is not greater than 0`:                      {MultipleOf: "-1"},
		`schema at "": multipleOf "x" is not a number`:                             {MultipleOf: "x"},
		`schema at "": multipleOf "123456789012345678901" has more than 19 digits`: {MultipleOf: "123456789012345678901"},
		`schema at "/additionalProperties": reference to unknown definition "B"`:   {Additional: &endpoint.Schema{Ref: "B"}},
		`schema at "": reference to "A" goes in a circle`: defs(map[string]*endpoint.Schema{
			"A": {Ref: "B"}, "B": {Ref: "A"},
		}),
		`schema at "": applies itself to the same value without end`: defs(map[string]*endpoint.Schema{
			"A": {AllOf: []*endpoint.Schema{{OneOf: []*endpoint.Schema{{Ref: "A"}}}}},
		}),
		`schema at "/$defs/B": minimum "a" is not a number`: defs(map[string]*endpoint.Schema{
			"A": {}, "B": {Minimum: "a"},
		}),
		`schema at "": property "a" is declared twice`: {Properties: append(one("a", nil), one("a", nil)...)},
		`schema at "": enum: value "{": not JSON: expected the name of a property but the text ends at line 1, column 2 (offset 1)`: {
			Enum: []endpoint.JSON{"{"},
		},
		`schema at "": const: value "'a'": not JSON: expected a value but found '\'' at line 1, column 1 (offset 0)`:   {Const: "'a'"},
		`schema at "/items": JSON text inside another schema`:                                                          {Items: &endpoint.Schema{JSON: "{}"}},
		`schema: not JSON: unexpected EOF`:                                                                             {JSON: "{"},
		`schema: at "/type": value must be one of "array", "boolean", "integer", "null", "number", "object", "string"`: {JSON: `{"type":"text"}`},
	} {
		if _, err := validate.Compile(s); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestFallbackFetchesNothing(t *testing.T) {
	_, err := validate.Compile(&endpoint.Schema{JSON: `{"$ref":"https://example.org/s.json"}`})
	want := `schema: jsonschema penstock:///schema.json compilation failed: "https://example.org/s.json" is not part of the schema`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
