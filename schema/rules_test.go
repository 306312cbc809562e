package schema

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

// example is a rule with a value that obeys it and one that does not.
type example struct {
	Rule   string   `json:"rule"`
	Mode   string   `json:"mode"` // "evaluated", else template
	Good   any      `json:"good"`
	Bad    any      `json:"bad"`
	Issues []string `json:"issues"` // "pointer: message"
}

func (e example) mode() Mode {
	if e.Mode == "evaluated" {
		return Evaluated
	}
	return Template
}

// readExamples reads testdata/rules/<kind>.json.
func readExamples(t *testing.T, kind Kind) []example {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "rules", string(kind)+".json"))
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	var examples []example
	if err := decoder.Decode(&examples); err != nil {
		t.Fatal(err)
	}
	return examples
}

func lines(issues []Issue) []string {
	out := []string{}
	for _, issue := range issues {
		out = append(out, issue.Pointer+": "+issue.Message)
	}
	return out
}

func TestRules(t *testing.T) {
	for _, kind := range append(Kinds(), Document) {
		for _, example := range readExamples(t, kind) {
			t.Run(string(kind)+"/"+example.Rule, func(t *testing.T) {
				if got := Validate(kind, example.mode(), example.Good); got != nil {
					t.Errorf("good example refused: %q", lines(got))
				}
				if diff := cmp.Diff(example.Issues, lines(Validate(kind, example.mode(), example.Bad))); diff != "" {
					t.Errorf("issues of the bad example (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestEveryRuleHasAnExample walks the schemas: each assertion that is not a type or a list of
// known properties (TestTypes has those) must be broken by a bad example.
func TestEveryRuleHasAnExample(t *testing.T) {
	broken := map[string]bool{}
	for _, kind := range append(Kinds(), Document) {
		for _, example := range readExamples(t, kind) {
			err := compiledOf(kind, example.mode()).Validate(example.Bad)
			var invalid *jsonschema.ValidationError
			if errors.As(err, &invalid) {
				markBroken(invalid, broken)
			}
			root(kind).visit(example.Bad, "", func(n node, value any, _ string) {
				if n.check(example.mode(), value, "") != nil {
					broken[n.schema["penstock:check"].(string)] = true
				}
			})
		}
	}
	for _, name := range []string{"allow", "api", "attributes", "document", "endpoint", "endpoint-group", "endpoint-groups", "entrypoints-patch", "gateway"} {
		for _, assertion := range assertions(load().raw[name], "") {
			if !broken[name+"#"+assertion] && !broken[assertion] {
				t.Errorf("%s.json: no example breaks %s", name, assertion)
			}
		}
	}
}

func markBroken(cause *jsonschema.ValidationError, broken map[string]bool) {
	location := strings.TrimPrefix(unescape(cause.AbsoluteKeywordLocation), base)
	broken[strings.Replace(location, ".json#", "#", 1)] = true
	for _, inner := range cause.Causes {
		markBroken(inner, broken)
	}
}

// assertions lists the pointers of the keywords that can refuse something, and the names of the
// checks in Go.
func assertions(schema any, pointer string) []string {
	object, ok := schema.(map[string]any)
	if !ok {
		return nil
	}
	var out []string
	for keyword, value := range object {
		here := join(pointer, keyword)
		switch keyword {
		case "enum", "pattern", "minimum", "minItems", "minLength", "minProperties", "maxLength", "required", "anyOf", "not", "const":
			if _, ok := object["anyOf"]; ok && keyword == "enum" {
				continue
			}
			out = append(out, here)
		case "penstock:check":
			out = append(out, value.(string))
		case "items", "then", "additionalProperties", "propertyNames":
			out = append(out, assertions(value, here)...)
		case "properties", "definitions":
			for name, member := range value.(map[string]any) {
				out = append(out, assertions(member, join(here, name))...)
			}
		case "allOf":
			for i, member := range value.([]any) {
				out = append(out, assertions(member, here+"/"+strconv.Itoa(i))...)
			}
		}
	}
	return out
}

// TestTypes gives every property of every good example a value of a wrong type and an unknown
// neighbour, and demands that good examples show every property there is.
func TestTypes(t *testing.T) {
	for _, kind := range Kinds() {
		shown := map[string]bool{}
		for _, example := range readExamples(t, kind) {
			root(kind).visit(example.Good, "", func(n node, value any, pointer string) {
				shown[generic(kind, pointer)] = true
				checkWrongType(t, kind, n, example.Good, pointer)
				if _, ok := value.(map[string]any); ok && n.schema["additionalProperties"] == false {
					checkUnknown(t, kind, example.Good, pointer)
				}
			})
		}
		for _, property := range Properties(kind) {
			if pointer := "/" + strings.Join(property.Path, "/"); !shown[pointer] && !strings.HasPrefix(pointer, "/apis/*/endpoints/*/") && !strings.HasPrefix(pointer, "/apis/*/operations/*/") && !strings.HasPrefix(pointer, "/apis/*/allow/") {
				t.Errorf("%s: no good example shows %s", kind, pointer)
			}
		}
	}
}

// generic replaces names that a user chooses, and indexes, by "*".
func generic(kind Kind, pointer string) string {
	n, out := root(kind), ""
	for _, segment := range segments(pointer) {
		properties, _ := n.schema["properties"].(map[string]any)
		next, known := n.property(segment)
		if _, named := properties[segment]; !named {
			segment = "*"
		}
		if !known {
			next, _ = n.child(n.schema["items"])
		}
		n, out = next, out+"/"+segment
	}
	return out
}

func checkWrongType(t *testing.T, kind Kind, n node, good any, pointer string) {
	t.Helper()
	types := typesOf(n.schema)
	wrong, name := any(map[string]any{}), "an object"
	if slices.Contains(types, "object") {
		wrong, name = true, "a boolean"
	}
	want := pointer + ": must be " + expectedTypes(anySlice(types)) + ", not " + name
	if got := lines(Validate(kind, Template, replace(good, pointer, wrong))); !slices.Contains(got, want) {
		t.Errorf("%s: wrong type at %q: got %q, want %q", kind, pointer, got, want)
	}
}

func checkUnknown(t *testing.T, kind Kind, good any, pointer string) {
	t.Helper()
	at := pointer + "/nobodyKnows"
	want := at + `: unknown property "nobodyKnows"`
	if got := lines(Validate(kind, Template, replace(good, at, true))); !slices.Contains(got, want) {
		t.Errorf("%s: unknown property at %q: got %q, want %q", kind, pointer, got, want)
	}
}

func anySlice(texts []string) any {
	out := make([]any, len(texts))
	for i, text := range texts {
		out[i] = text
	}
	return out
}

// replace copies a value with another one at a pointer.
func replace(value any, pointer string, with any) any {
	if pointer == "" {
		return with
	}
	parts := segments(pointer)
	out := deepCopy(value)
	holder, _ := at(out, pointer[:strings.LastIndexByte(pointer, '/')])
	switch holder := holder.(type) {
	case map[string]any:
		holder[parts[len(parts)-1]] = with
	case []any:
		i, _ := strconv.Atoi(parts[len(parts)-1])
		holder[i] = with
	}
	return out
}
