package dialect_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
	"github.com/penstock-dev/penstock/generator/internal/document"
	"github.com/penstock-dev/penstock/generator/internal/model"
)

// modelOf makes a model of {"Name": schema, …}; every schema stands in a line of its own.
func modelOf(t *testing.T, text string, d model.Dialect) *model.Model {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var all map[string]any
	if err := decoder.Decode(&all); err != nil {
		t.Fatal(err)
	}
	m := &model.Model{}
	for name, schema := range all {
		m.Schemas = append(m.Schemas, &model.Schema{Name: name, Pos: document.Pos{File: name, Line: 1, Col: 1}, JSON: schema, Dialect: d})
	}
	return m
}

func TestNormalise(t *testing.T) {
	for _, test := range []struct {
		name    string
		dialect model.Dialect
		schema  string
		want    string
		issues  []string
	}{
		{"a type is a list", model.Draft2020, `{"type": "string"}`, `{"type": ["string"]}`, nil},
		{"types in one order, each once", model.Draft2020, `{"type": ["object", "null", "null"]}`, `{"type": ["null", "object"]}`, nil},
		{"booleans", model.Draft07, `{"items": true, "not": false}`, `{"items": true, "not": false}`, nil},
		{"other words say nothing", model.Draft07, `{"x-a": 1, "externalDocs": {}, "title": "T"}`, `{"title": "T"}`, nil},
		{"draft-07: a reference is alone", model.Draft07, `{"$ref": "#/components/schemas/A", "type": "string"}`, `{"$ref": "#/components/schemas/A"}`, nil},
		{"2020-12: a reference has siblings", model.Draft2020, `{"$ref": "#/components/schemas/A", "minLength": 1}`, `{"$ref": "#/components/schemas/A", "minLength": 1}`, nil},
		{
			"draft-07: tuples and dependencies", model.Draft07,
			`{"items": [{"type": "null"}], "additionalItems": false, "dependencies": {"a": ["b"], "c": {"type": "object"}}}`,
			`{"prefixItems": [{"type": ["null"]}], "items": false, "dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"type": ["object"]}}}`, nil,
		},
		{"draft-07: later words say nothing", model.Draft07, `{"prefixItems": [true], "dependentRequired": {"a": ["b"]}, "unevaluatedItems": false}`, `{}`, nil},
		{"additionalItems without a tuple", model.Draft07, `{"items": {}, "additionalItems": false}`, `{"items": {}}`, nil},
		{
			"3.0: exclusive limits", model.OpenAPI30, `{"minimum": 1, "exclusiveMinimum": true, "maximum": 2, "exclusiveMaximum": false}`,
			`{"exclusiveMinimum": 1, "maximum": 2}`, nil,
		},
		{"3.0: nullable", model.OpenAPI30, `{"type": "string", "nullable": true, "enum": ["a"]}`, `{"type": ["null", "string"], "enum": ["a", null]}`, nil},
		{
			"3.0: nullable without a type", model.OpenAPI30, `{"nullable": true, "description": "D", "allOf": [{"$ref": "#/components/schemas/A"}]}`,
			`{"description": "D", "anyOf": [{"type": ["null"]}, {"allOf": [{"$ref": "#/components/schemas/A"}]}]}`, nil,
		},
		{"3.1: nullable says nothing", model.Draft2020, `{"type": "string", "nullable": true}`, `{"type": ["string"]}`, nil},
		{"an example is one of examples", model.OpenAPI30, `{"example": 1}`, `{"examples": [1]}`, nil},
		{"a discriminator as text", model.Draft07, `{"discriminator": "kind"}`, `{"discriminator": {"propertyName": "kind"}}`, nil},
		{"counts are plain", model.Draft07, `{"minLength": 1.0, "maxLength": 2e1}`, `{"minLength": 1, "maxLength": 20}`, nil},
		{"patterns in the spelling of RE2", model.Draft07, `{"pattern": "\\u00e4\\\\u00e4"}`, `{"pattern": "\\x{00e4}\\\\u00e4"}`, nil},
		{
			"words that are written wrongly", model.Draft07,
			`{"required": true, "minLength": "1", "maxItems": -1, "multipleOf": 0, "type": "date", "enum": [], "properties": [], "pattern": 1, "$ref2": 1, "items": 1}`,
			`{"items": true}`,
			[]string{
				"S:1:1: warning: a schema must be an object or a boolean, everything is allowed here",
				"S:1:1: warning: enum must be a list that is not empty: it is ignored",
				"S:1:1: warning: maxItems must be an integer from 0: it is ignored",
				"S:1:1: warning: minLength must be a number: it is ignored",
				"S:1:1: warning: multipleOf must be above 0: it is ignored",
				"S:1:1: warning: pattern must be a text: it is ignored",
				"S:1:1: warning: properties must be an object of schemas: it is ignored",
				"S:1:1: warning: required must be a list of names: it is ignored",
				"S:1:1: warning: type must be one of null, boolean, integer, number, string, array, object, or a list of them: it is ignored",
			},
		},
		{
			"numbers that would fill the memory", model.Draft07, `{"maximum": 1e99999999}`, `{}`,
			[]string{"S:1:1: warning: maximum is beyond any number of a message: it is ignored"},
		},
		{
			"patterns that RE2 does not have", model.Draft07, `{"pattern": "^(?!a)", "patternProperties": {"(?<=a)b": {"type": "string"}}, "additionalProperties": false}`,
			`{"patternProperties": {"": true}, "additionalProperties": false}`,
			[]string{
				`S:1:1: warning: pattern "(?<=a)b" cannot be checked, look-around (?<=…) is not supported (RE2): every property is allowed`,
				`S:1:1: warning: pattern "^(?!a)" cannot be checked, look-around (?!…) is not supported (RE2): it is ignored`,
			},
		},
		{
			"a reference to nothing", model.Draft07, `{"allOf": [{"$ref": "#/components/schemas/B"}]}`, `{"allOf": [{}]}`,
			[]string{`S:1:1: warning: $ref "#/components/schemas/B" refers to no schema: it is ignored`},
		},
		{"a reference that is no text", model.Draft07, `{"$ref": [true]}`, `{}`, []string{"S:1:1: warning: $ref must be a text: it is ignored"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			set, issues := dialect.Normalise(modelOf(t, `{"S": `+test.schema+`, "A": {}}`, test.dialect))
			var got []string
			for _, issue := range issues {
				got = append(got, issue.String())
			}
			if diff := cmp.Diff(test.issues, got, cmp.Transformer("sorted", sorted)); diff != "" {
				t.Errorf("issues (-want +got):\n%s", diff)
			}
			same(t, test.want, set["S"])
		})
	}
}

func sorted(list []string) map[string]int {
	counts := map[string]int{}
	for _, item := range list {
		counts[item]++
	}
	return counts
}

// same compares a schema with a JSON text.
func same(t *testing.T, want string, got dialect.Schema) {
	t.Helper()
	have, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if err := json.Unmarshal([]byte(want), &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(have, &b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("schema (-want +got):\n%s", diff)
	}
}

// TestCircles: a base that lists its kinds, each of which is allOf the base, means what its author
// meant; other circles are errors.
func TestCircles(t *testing.T) {
	set, issues := dialect.Normalise(modelOf(t, `{
		"Pet": {"required": ["kind"], "discriminator": "kind", "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]},
		"Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"purrs": {"$ref": "#/components/schemas/Cat"}}}]},
		"Dog": {"type": "object"}
	}`, model.Draft07))
	if len(issues) > 0 {
		t.Errorf("issues: %q", issues)
	}
	same(t, `{"allOf": [{"allOf": [{"required": ["kind"]}]}, {"properties": {"purrs": {"$ref": "#/components/schemas/Cat"}}}]}`, set["Cat"])
	same(t, `{"required": ["kind"], "discriminator": {"propertyName": "kind"},
		"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]}`, set["Pet"])

	for _, schemas := range []string{
		`{"A": {"allOf": [{"$ref": "#/components/schemas/B"}]}, "B": {"not": {"$ref": "#/components/schemas/A"}}}`,
		`{"A": {"anyOf": [{"$ref": "#/components/schemas/B"}, {"type": "string"}]}, "B": {"oneOf": [{"$ref": "#/components/schemas/A", "description": "a"}, {"type": "number"}]}}`,
		`{"A": {"$ref": "#/components/schemas/B"}, "B": {"anyOf": [{"type": "string"}, {"oneOf": [{"$ref": "#/components/schemas/A"}]}]}}`,
	} {
		_, issues := dialect.Normalise(modelOf(t, schemas, model.Draft07))
		want := `B:1:1: schema "B" refers to itself, by way of "A", for one and the same value: no value can be checked by it`
		if len(issues) != 1 || issues[0].String() != want {
			t.Errorf("%s: issues %q, want %s", schemas, issues, want)
		}
	}
}

func TestSafeNames(t *testing.T) {
	got := dialect.SafeNames([]string{"Order", "a/b", "a b", "", "Problem", "x.y-z_1"}, "Problem")
	want := map[string]string{"Order": "Order", "a/b": "SchemaAB2", "a b": "SchemaAB", "": "Schema", "Problem": "Problem2", "x.y-z_1": "x.y-z_1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestDraft07(t *testing.T) {
	set, _ := dialect.Normalise(modelOf(t, `{"S": {
		"prefixItems": [true], "items": false, "dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": true}, "unevaluatedProperties": false,
		"properties": {"r": {"$ref": "#/components/schemas/S", "description": "D"}}, "discriminator": {"propertyName": "kind"}
	}}`, model.Draft2020))
	same(t, `{"items": [true], "additionalItems": false, "dependencies": {"a": ["b"], "c": true}, "discriminator": "kind",
		"properties": {"r": {"allOf": [{"$ref": "#/components/schemas/S"}], "description": "D"}}}`, dialect.Draft07(set["S"]))
}
