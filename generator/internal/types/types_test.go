package types_test

import (
	"bytes"
	"encoding/json"
	"go/format"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/generator/internal/dialect"
	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/generator/internal/typecheck"
	"github.com/penstock-dev/penstock/generator/internal/types"
)

// schemas reads {"Name": schema, …} as the schemas of a model.
func schemas(t testing.TB, text string, d model.Dialect) dialect.Set {
	t.Helper()
	set, issues := dialect.Normalise(readSchemas(t, text, d))
	for _, issue := range issues {
		t.Log(issue)
	}
	return set
}

func readSchemas(t testing.TB, text string, d model.Dialect) *model.Model {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var all map[string]any
	if err := decoder.Decode(&all); err != nil {
		t.Fatal(err)
	}
	m := &model.Model{}
	for name, schema := range all {
		m.Schemas = append(m.Schemas, &model.Schema{Name: name, JSON: schema, Dialect: d})
	}
	return m
}

// generate makes the types of a set and compiles them.
func generate(t testing.TB, set dialect.Set, roots ...string) string {
	t.Helper()
	if len(roots) == 0 {
		for name := range set {
			roots = append(roots, name)
		}
	}
	out, err := types.Generate(types.Input{Package: "orders", Schemas: set, Roots: roots, Reserved: []string{"Hooks", "Register"}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.WriteString("package orders\n\nimport (\n")
	for _, i := range out.Imports {
		b.WriteString(i.Name + " " + strconv.Quote(i.Path) + "\n")
	}
	b.WriteString(")\n\n" + out.Source)
	source, err := format.Source(b.Bytes())
	if err != nil {
		t.Fatalf("%v\n%s", err, b.Bytes())
	}
	if err := typecheck.Packages("example.com/generated", map[string][]byte{"orders/models.gen.go": source}); err != nil {
		t.Fatalf("%v\n%.3000s", err, source)
	}
	return string(source)
}

// squeeze makes declarations comparable whatever gofmt's alignment is.
func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestShapes(t *testing.T) {
	for _, test := range []struct {
		name, schemas string
		dialect       model.Dialect
		want          []string
	}{
		{
			"struct", `{"Order": {"type": "object", "required": ["id", "at"], "properties": {
				"id": {"type": "string", "format": "uuid"}, "at": {"type": "string", "format": "date-time"},
				"day": {"type": "string", "format": "date"}, "price": {"type": "number"}, "count": {"type": "integer"},
				"lines": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}}}}}`,
			model.Draft07,
			[]string{
				"ID openapi_types.UUID `json:\"id\"`", "At time.Time `json:\"at\"`", "Day *openapi_types.Date `json:\"day,omitempty\"`",
				"Price *float64 `json:\"price,omitempty\"`", "Count *int `json:\"count,omitempty\"`",
				"Lines []OrderLinesItem `json:\"lines,omitzero\"`", "type OrderLinesItem struct {",
			},
		},
		{
			"nullable 3.0", `{"A": {"type": "object", "required": ["n", "r"], "properties": {
				"n": {"type": "string", "nullable": true}, "r": {"nullable": true, "allOf": [{"$ref": "#/components/schemas/B"}]}}},
				"B": {"type": "object", "properties": {"x": {"type": "integer"}}}}`,
			model.OpenAPI30,
			[]string{"N *string `json:\"n\"`", "R *B `json:\"r\"`"},
		},
		{
			"nullable 3.1", `{"A": {"type": "object", "required": ["n", "r", "t"], "properties": {
				"n": {"type": ["string", "null"]}, "r": {"anyOf": [{"$ref": "#/components/schemas/B"}, {"type": "null"}]},
				"t": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}}},
				"B": {"type": "object", "properties": {"x": {"type": "integer"}}}}`,
			model.Draft2020,
			[]string{"N *string `json:\"n\"`", "R *B `json:\"r\"`", "T *time.Time `json:\"t\"`"},
		},
		{
			"allOf", `{"A": {"allOf": [{"$ref": "#/components/schemas/B"}, {"type": "object", "required": ["x"], "properties": {"y": {"type": "string"}}}]},
				"B": {"type": "object", "properties": {"x": {"type": "integer"}}}}`,
			model.Draft07,
			[]string{"type A struct { X int `json:\"x\"` Y *string `json:\"y,omitempty\"` }"},
		},
		{
			"union", `{"Pet": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"type": "object", "title": "Dog", "properties": {"barks": {"type": "boolean"}}}, {"type": "string"}]},
				"Cat": {"type": "object", "properties": {"purrs": {"type": "boolean"}}}}`,
			model.Draft07,
			[]string{"type Pet struct { union json.RawMessage }", "func (t Pet) AsCat() (Cat, error)", "func (t Pet) AsPetDog() (PetDog, error)", "type PetString = string"},
		},
		{
			"discriminator as text", `{"Pet": {"type": "object", "discriminator": "kind", "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]},
				"Cat": {"type": "object", "properties": {"kind": {"const": "cat"}}}, "Dog": {"type": "object", "properties": {"kind": {"type": "string"}}}}`,
			model.Draft07,
			[]string{`case "cat": return t.AsCat()`, `case "Dog": return t.AsDog()`},
		},
		{
			"enumerations", `{"Status": {"enum": ["on", "off", "", "1x", "+"]}, "Level": {"type": "integer", "enum": [1, -1]},
				"Mixed": {"enum": ["a", 1]}, "Break": {"type": "string", "enum": ["a\r\nb"]}, "Quote": {"enum": ["a\"b` + "`" + `", "Status"]}, "Yes": {"const": true}}`,
			model.Draft07,
			[]string{
				`StatusOn Status = "on"`, `StatusEmpty Status = ""`, `StatusN1x Status = "1x"`, `StatusValue Status = "+"`,
				"LevelMinus1 Level = -1", "type Mixed = interface{}", "type Break = string", `Quote = "a\"b` + "`" + `"`, "type Yes = bool",
			},
		},
		{
			"recursion", `{"Node": {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Alias"}, "all": {"$ref": "#/components/schemas/List"}}},
				"Alias": {"$ref": "#/components/schemas/Node"}, "List": {"type": "array", "items": {"$ref": "#/components/schemas/List"}},
				"Map": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Map"}},
				"Loop": {"$ref": "#/components/schemas/Loop2"}, "Loop2": {"$ref": "#/components/schemas/Loop"}}`,
			model.Draft07,
			[]string{"Next *Alias `json:\"next\"`", "type List []List", "type Map map[string]Map", "// Alias is the schema Alias.", "type Loop = Loop2", "type Loop2 = interface{}"},
		},
		{
			"names", `{"order-id": {"type": "string"}, "order_id": {"type": "string"}, "2fa": {"type": "string"}, "订单": {"type": "string"}, "Hooks": {"type": "string"},
				"A": {"type": "object", "properties": {"foo-bar": {"type": "string"}, "foo_bar": {"type": "string"}, "": {"type": "string"}}},
				"B": {"type": "object", "properties": {"foo-bar": {"type": "string"}, "foo_bar": {"type": "string"}, "$id": {"type": "string"}, "1": {"type": "string"}, "type": {"type": "string"}}}}`,
			model.Draft07,
			[]string{
				"type OrderID = string", "type OrderID2 = string", "// OrderID is the schema order-id.", "type Schema2fa = string", "type U8BA2U5355 = string", "type Hooks2 = string",
				"type A map[string]interface{}", "FooBar *string `json:\"foo-bar,omitempty\"`", "FooBar2 *string `json:\"foo_bar,omitempty\"`",
				"ID *string `json:\"$id,omitempty\"`", "N1 *string `json:\"1,omitempty\"`",
			},
		},
		{
			"maps", `{"A": {"type": "object", "additionalProperties": {"type": "integer"}}, "B": {"type": "object"},
				"C": {"type": "object", "properties": {"get": {"type": "string"}}, "additionalProperties": {"type": "object", "properties": {"x": {}}}},
				"D": {"type": "object", "patternProperties": {"^x-": {"type": "string"}}, "properties": {"a": {}, "l": {"type": "array"}}}}`,
			model.Draft07,
			[]string{
				"type A map[string]int", "type B = map[string]interface{}", "Get2 *string `json:\"get,omitempty\"`",
				"AdditionalProperties map[string]CValue `json:\"-\"`", "AdditionalProperties map[string]interface{} `json:\"-\"`",
				"A *interface{} `json:\"a,omitempty\"`",
			},
		},
		{
			"tuple, several types, no type", `{"T": {"type": "array", "items": [{"type": "string"}, {"type": "integer"}]}, "M": {"type": ["string", "integer"]}, "N": {}, "F": false}`,
			model.Draft07,
			[]string{"type T []interface{}", "type M = interface{}", "type N = interface{}", "type F = interface{}"},
		},
		{
			"base that lists its kinds", `{"Base": {"type": "object", "properties": {"id": {"type": "string"}}, "oneOf": [{"$ref": "#/components/schemas/Kind"}, {"$ref": "#/components/schemas/Other"}]},
				"Other": {"type": "object"}, "Kind": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"x": {"type": "string"}}}]},
				"Self": {"oneOf": [{"allOf": [{"$ref": "#/components/schemas/Self"}, {"required": ["a"]}]}, {"type": "object", "properties": {"a": {}}}]}}`,
			model.Draft07,
			[]string{"type Base struct { ID *string `json:\"id,omitempty\"` union json.RawMessage }", "func (t Base) AsKind() (Kind, error)", "type Kind struct { ID *string `json:\"id,omitempty\"` X *string `json:\"x,omitempty\"` }", "type Self struct"},
		},
		{
			"texts", "{\"A\": {\"type\": \"object\", \"description\": \"one\\r\\n*/ two\\u2028\\u0000three\\u202e\", \"properties\": {\"b\": {\"type\": \"string\", \"description\": \"package x\\n//go:embed y\", \"deprecated\": true}}}}",
			model.Draft2020,
			[]string{"// A one // */ twothree", "// B package x // //go:embed y", "Deprecated: the document says so."},
		},
		{
			"required only branches", `{"A": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
				"E": {"type": "string", "oneOf": [{"const": "x", "title": "X"}, {"const": "y"}]}, "S": {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "string", "maxLength": 3}]}}`,
			model.Draft2020,
			[]string{"type A struct { A *string", `EX E = "x"`, "type S = string"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			source := generate(t, schemas(t, test.schemas, test.dialect))
			for _, want := range test.want {
				if !strings.Contains(squeeze(source), squeeze(want)) {
					t.Errorf("no %q in\n%s", want, source)
				}
			}
		})
	}
}

// FuzzTypes: the types of any schemas compile. The bytes choose what is in the schemas.
func FuzzTypes(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		seed := make([]byte, 200)
		for i := range seed {
			seed[i] = byte(random.Uint32())
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		c := &chooser{choices: choices}
		text, err := json.Marshal(map[string]any{"S": c.schema(4), "T": c.schema(4), "U-x": c.schema(3), "u_x": c.schema(3)})
		if err != nil {
			t.Fatal(err)
		}
		m := readSchemas(t, string(text), model.Draft07)
		set, issues := dialect.Normalise(m)
		for _, issue := range issues {
			if !issue.Warning {
				return // a circle
			}
		}
		generate(t, set, "S", "T", "U-x", "u_x")
	})
}

// chooser makes schemas of a stream of choices.
type chooser struct{ choices []byte }

func (c *chooser) pick(n int) int {
	if len(c.choices) == 0 {
		return 0
	}
	v := int(c.choices[0])
	c.choices = c.choices[1:]
	return v % n
}

func (c *chooser) of(list ...any) any { return list[c.pick(len(list))] }

// schema makes a schema; keywords are left out when the choices run out.
func (c *chooser) schema(depth int) any {
	if depth == 0 || c.pick(8) == 0 {
		return c.of(map[string]any{}, true, false, map[string]any{"type": "string"}, map[string]any{"$ref": "#/components/schemas/S"},
			map[string]any{"$ref": "#/components/schemas/T"}, map[string]any{"$ref": "#/components/schemas/U-x"})
	}
	out := map[string]any{}
	for range c.pick(5) + 1 {
		switch c.pick(16) {
		case 0, 1:
			out["type"] = c.of("string", "integer", "number", "boolean", "null", "array", "object", []any{"string", "null"}, []any{"object", "null"}, []any{"string", "integer"})
		case 2:
			out["enum"] = []any{c.of("a", "A", "", "1", nil, 1, "x y", "-"), c.of("b", 2, nil, 1.5, "A", true, "\n", "é"), c.of("c", 3)}
		case 3:
			out["const"] = c.of("a", 1, nil, true, map[string]any{}, "`")
		case 4:
			out["format"] = c.of("date-time", "date", "uuid", "byte", "int64", "binary", "json", "email", "float", "duration")
		case 5:
			out["items"] = c.schema(depth - 1)
		case 6:
			out["additionalProperties"] = c.schema(depth - 1)
		case 7, 8, 9:
			properties := map[string]any{}
			for range c.pick(4) {
				properties[c.of("a", "A", "a-b", "a_b", "get", "Get", "kind", "1", "$x", "AsS", "union", "additionalProperties", "type", "ä", "%s", "-", "\"").(string)] = c.schema(depth - 1)
			}
			out["properties"] = properties
		case 10:
			out["required"] = []any{c.of("a", "kind", "get"), c.of("A", "missing")}
		case 11, 12:
			out[c.of("oneOf", "anyOf").(string)] = []any{c.schema(depth - 1), c.schema(depth - 1), c.of(map[string]any{"type": "null"}, c.schema(depth-1))}
		case 13:
			out["allOf"] = []any{c.schema(depth - 1), c.schema(depth - 1)}
		case 14:
			out["discriminator"] = "kind"
		case 15:
			out[c.of("title", "description").(string)] = c.of("S", "a b", "*/ `", "one\ntwo")
		}
	}
	return out
}
