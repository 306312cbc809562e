package validate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/validate"
)

func compile(t testing.TB, s *endpoint.Schema) *validate.Validator {
	t.Helper()
	v, err := validate.Compile(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// rule is a schema with messages and what is wrong with each: "pointer: sentence".
type rule struct {
	name   string
	schema *endpoint.Schema
	cases  map[string][]string
}

func texts(found []core.Violation) []string {
	var all []string
	for _, v := range found {
		all = append(all, v.Pointer+": "+v.Detail)
	}
	return all
}

const (
	str     = endpoint.String
	integer = endpoint.Integer
	number  = endpoint.Integer | endpoint.Number
)

var scalars = []rule{
	{"type", &endpoint.Schema{Types: str | endpoint.Null}, map[string][]string{
		`"x"`: nil, ` null `: nil,
		`1`:    {": must be a string or null, not a number"},
		`true`: {": must be a string or null, not a boolean"},
		`[1]`:  {": must be a string or null, not an array"},
		`{}`:   {": must be a string or null, not an object"},
	}},
	{"types", &endpoint.Schema{Types: number | endpoint.Array | endpoint.Boolean | endpoint.Object}, map[string][]string{
		`1.5`: nil, `[]`: nil, `{}`: nil, `false`: nil,
		`null`: {": must be an object, an array, a number or a boolean, not null"},
		`""`:   {": must be an object, an array, a number or a boolean, not a string"},
	}},
	{"integer", &endpoint.Schema{Types: integer}, map[string][]string{
		`1`: nil, `1.0`: nil, `1e2`: nil, `100e-2`: nil, `-0`: nil, `0.0`: nil, `0e-7`: nil, `12.50e1`: nil,
		`1.5`:     {": must be an integer, not a number with a fraction"},
		`1e-1`:    {": must be an integer, not a number with a fraction"},
		`12.55e1`: {": must be an integer, not a number with a fraction"},
	}},
	{"fraction", &endpoint.Schema{Types: endpoint.Number}, map[string][]string{
		`1.5`: nil, `1`: {": must be a number, not an integer"},
	}},
	{"limits", &endpoint.Schema{Minimum: "0", ExclusiveMaximum: "10"}, map[string][]string{
		`0`: nil, `-0`: nil, `9.999999999999999999999999999`: nil, `"text"`: nil, `0.0`: nil, `1e-400`: nil,
		`-1`:     {": must be at least 0"},
		`-0.1`:   {": must be at least 0"},
		`10`:     {": must be less than 10"},
		`10.0`:   {": must be less than 10"},
		`1e1`:    {": must be less than 10"},
		`1e9999`: {": must be less than 10"},
	}},
	{"exact limits", &endpoint.Schema{ExclusiveMinimum: "-9007199254740993.5", Maximum: "123456789012345678901234567890"}, map[string][]string{
		`-9007199254740993`: nil, `123456789012345678901234567890`: nil, `1.2345678901234567890123456789e29`: nil,
		`-9007199254740993.5`:              {": must be greater than -9007199254740993.5"},
		`-9007199254740994`:                {": must be greater than -9007199254740993.5"},
		`123456789012345678901234567891`:   {": must be at most 123456789012345678901234567890"},
		`123456789012345678901234567890.1`: {": must be at most 123456789012345678901234567890"},
	}},
	{"negative limits", &endpoint.Schema{Minimum: "-5", Maximum: "-2"}, map[string][]string{
		`-5`: nil, `-2.0`: nil, `-4.9`: nil, `-2.1`: nil,
		`-5.1`: {": must be at least -5"},
		`-1.9`: {": must be at most -2"},
	}},
	{"multipleOf", &endpoint.Schema{MultipleOf: "0.01"}, map[string][]string{
		`19.99`: nil, `0`: nil, `1e5`: nil, `1e99999`: nil, `-3.10`: nil,
		`19.999`:  {": must be a multiple of 0.01"},
		`1e-3`:    {": must be a multiple of 0.01"},
		`0.01001`: {": must be a multiple of 0.01"},
	}},
	{"multipleOf integer", &endpoint.Schema{MultipleOf: "7"}, map[string][]string{
		`21`: nil, `-21`: nil, `700000000000000000000000000000`: nil, `7e100`: nil,
		`22`:                             {": must be a multiple of 7"},
		`1e100`:                          {": must be a multiple of 7"},
		`700000000000000000000000000001`: {": must be a multiple of 7"},
		`3.5`:                            {": must be a multiple of 7"},
	}},
	{"length", &endpoint.Schema{MinLength: 2, MaxLength: intp(3)}, map[string][]string{
		`"ab"`: nil, `"äöü"`: nil, `"\ud83d\ude00ab"`: nil, `"😀😀"`: nil, `"\n\u00e4\\"`: nil, `"\ud800\ud800"`: nil,
		`"a"`:               {": must have at least 2 characters"},
		`"😀"`:               {": must have at least 2 characters"},
		`"abcd"`:            {": must have at most 3 characters"},
		`"\ud83d\ude00abc"`: {": must have at most 3 characters"},
	}},
	{"pattern", &endpoint.Schema{Pattern: `^[a-z]+\.[0-9]{2}$`}, map[string][]string{
		`"ab.12"`: nil, `"\u0061b\u002e12"`: nil,
		`"ab.123"`: {`: must match the pattern "^[a-z]+\\.[0-9]{2}$"`},
		`"ab.1"`:   {`: must match the pattern "^[a-z]+\\.[0-9]{2}$"`},
		`".12"`:    {`: must match the pattern "^[a-z]+\\.[0-9]{2}$"`},
	}},
	{"pattern anywhere", &endpoint.Schema{Pattern: "a.c"}, map[string][]string{
		`"xabcx"`: nil, `"aäc"`: nil, `"ac"`: {`: must match the pattern "a.c"`},
	}},
	{"enum", &endpoint.Schema{Enum: []endpoint.JSON{`"a"`, `1`, `null`, `{"x":[1,2]}`}}, map[string][]string{
		`"a"`: nil, `"\u0061"`: nil, `1.0`: nil, `10e-1`: nil, `null`: nil, `{ "x" : [ 1.0, 2 ] }`: nil, `{"x":0,"x":[1,2]}`: nil,
		`"b"`:         {`: must be one of "a", 1, null, {"x":[1,2]}`},
		`true`:        {`: must be one of "a", 1, null, {"x":[1,2]}`},
		`{"x":[2,1]}`: {`: must be one of "a", 1, null, {"x":[1,2]}`},
		`"1"`:         {`: must be one of "a", 1, null, {"x":[1,2]}`},
	}},
	{"const", &endpoint.Schema{Const: `"v1"`}, map[string][]string{`"v1"`: nil, `"v2"`: {`: must be "v1"`}, `1`: {`: must be "v1"`}}},
	{"const and enum", &endpoint.Schema{Const: `1`, Enum: []endpoint.JSON{`2`, `3`}}, map[string][]string{
		`1`: {": must be one of 2, 3"}, `2`: {": must be 1"}, `4`: {": must be 1", ": must be one of 2, 3"},
	}},
	{"never", &endpoint.Schema{Never: true}, map[string][]string{`1`: {": is not allowed"}}},
	{"anything", &endpoint.Schema{}, map[string][]string{`{"a":[{"a":1,"a":2}]}`: nil}},
}

var containers = []rule{
	{"array", &endpoint.Schema{Types: endpoint.Array, MinItems: 1, MaxItems: intp(2), Items: &endpoint.Schema{Types: integer}}, map[string][]string{
		`[1]`: nil, `[ 1 , 2 ]`: nil,
		`[]`:        {": must have at least 1 item"},
		`[1,2,3]`:   {": must have at most 2 items"},
		`[1,"2"]`:   {"/1: must be an integer, not a string"},
		`["1",[2]]`: {"/0: must be an integer, not a string", "/1: must be an integer, not an array"},
	}},
	{"unique", &endpoint.Schema{UniqueItems: true}, map[string][]string{
		`[]`: nil, `[1,2,"1",true,"true",null,[1],[[1]],{"a":1},{"a":2},{"a":1,"b":1}]`: nil, `["a","b","ab",""]`: nil,
		`[1,2,1.0]`:      {": items 0 and 2 are equal"},
		`["a","\u0061"]`: {": items 0 and 1 are equal"},
		`[0,{"a":1,"b":[2]},{"b":[2],"a":10e-1}]`: {": items 1 and 2 are equal"},
		`[3,2,1,2,3]`: {": items 1 and 3 are equal"},
		`[0,-0,0.0]`:  {": items 0 and 1 are equal"},
	}},
	{"object", &endpoint.Schema{
		Types: endpoint.Object, Required: []string{"id", "a/b"}, Additional: &endpoint.Schema{Never: true}, MinProperties: 2, MaxProperties: intp(3),
		Properties: []endpoint.Property{
			{Name: "id", Schema: &endpoint.Schema{Types: integer}},
			{Name: "a/b", Schema: nil},
			{Name: `q"~ä`, Schema: &endpoint.Schema{Types: str}},
			{Name: "d", Schema: nil},
		},
	}, map[string][]string{
		`{"id":1,"a/b":2}`: nil, `{"a/b":2,"id":1}`: nil, `{"a\/b":2,"\u0069d":1,"q\"~ä":""}`: nil,
		`{"id":1}`:                            {`: property "a/b" is missing`, ": must have at least 2 properties"},
		`{}`:                                  {`: property "id" is missing`, `: property "a/b" is missing`, ": must have at least 2 properties"},
		`{"id":1,"a/b":2,"c~d":3}`:            {"/c~0d: is not allowed"},
		`{"id":1,"a/b":2,"q\"~ä":3}`:          {"/q\"~0ä: must be a string, not a number"},
		`{"id":"1","a/b":2,"q\"~ä":"","d":0}`: {"/id: must be an integer, not a string", ": must have at most 3 properties"},
		`{"id":1,"a/b":2,"a/b":2}`:            {`/a~1b: property "a/b" appears more than once`},
		`{"id":1,"a/b":2,"\u0069d":2}`:        {`/id: property "id" appears more than once`},
		`[]`:                                  {": must be an object, not an array"},
	}},
	{"additional", &endpoint.Schema{
		Required: []string{"b"}, Additional: &endpoint.Schema{Types: integer},
		Properties: []endpoint.Property{{Name: "a", Schema: &endpoint.Schema{Types: str}}},
	}, map[string][]string{
		`{"a":"","b":1,"c":2}`: nil, `[]`: nil,
		`{"a":"","b":"x"}`:           {"/b: must be an integer, not a string"},
		`{"b":1,"c":{"d":1}}`:        {"/c: must be an integer, not an object"},
		`{"b":1,"c":1,"d":2,"c":1}`:  {`/c: property "c" appears more than once`},
		`{"b":1,"c":1,"\u0063":"2"}`: {`/c: property "c" appears more than once`},
		`{"c":1,"\u0063":2,"b":1}`:   {`/c: property "c" appears more than once`},
	}},
	{"nested", &endpoint.Schema{Properties: []endpoint.Property{{Name: "list", Schema: &endpoint.Schema{Items: &endpoint.Schema{
		Required: []string{"x"}, Properties: []endpoint.Property{{Name: "x", Schema: &endpoint.Schema{MinLength: 1}}},
	}}}}}, map[string][]string{
		`{"list":[{"x":"a"},{"x":1}]}`:          nil,
		`{"list":[{"x":"a"},{"x":""},{"y":1}]}`: {"/list/1/x: must have at least 1 character", `/list/2: property "x" is missing`},
	}},
}

func TestScalarRules(t *testing.T)    { testRules(t, scalars) }
func TestContainerRules(t *testing.T) { testRules(t, containers) }

func testRules(t *testing.T, rules []rule) {
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			v := compile(t, r.schema)
			for message, want := range r.cases {
				if diff := cmp.Diff(want, texts(v.Check([]byte(message)))); diff != "" {
					t.Errorf("%s (-want +got):\n%s", message, diff)
				}
			}
		})
	}
}

func TestOrderIsValid(t *testing.T) {
	v := compile(t, order())
	for _, m := range messages {
		if found := v.Check([]byte(m.text)); found != nil {
			t.Errorf("%s: %v", m.name, found)
		}
	}
}

func TestNoSchemaPassesAllJSON(t *testing.T) {
	v := compile(t, nil)
	if found := v.Check([]byte(`{"a":[1,{"b":null}]}`)); found != nil {
		t.Error(found)
	}
	want := []string{`: not JSON: the text is empty`}
	if diff := cmp.Diff(want, texts(v.Check(nil))); diff != "" {
		t.Error(diff)
	}
}

func TestManyProperties(t *testing.T) {
	s := &endpoint.Schema{}
	var all, last []string
	for i := range 150 {
		name := strings.Repeat("n", i+1)
		s.Properties = append(s.Properties, endpoint.Property{Name: name, Schema: &endpoint.Schema{Types: integer}})
		s.Required = append(s.Required, name)
		all = append(all, `"`+name+`":1`)
		last = append([]string{`"` + name + `":1`}, last...)
	}
	v := compile(t, s)
	for _, order := range [][]string{all, last} {
		if found := v.Check([]byte("{" + strings.Join(order, ",") + "}")); found != nil {
			t.Errorf("valid: %v", found)
		}
	}
	found := texts(v.Check([]byte("{" + strings.Join(all[:149], ",") + "}")))
	if want := []string{`: property "` + s.Required[149] + `" is missing`}; !cmp.Equal(want, found) {
		t.Errorf("one missing: %v", found)
	}
	found = texts(v.Check([]byte("{" + strings.Join(all, ",") + "," + all[149] + "}")))
	if len(found) != 1 || !strings.HasSuffix(found[0], "appears more than once") {
		t.Errorf("one twice: %v", found)
	}
	if found := v.Check([]byte("{}")); len(found) != 100 {
		t.Errorf("%d violations, want them cut at 100", len(found))
	}
}
