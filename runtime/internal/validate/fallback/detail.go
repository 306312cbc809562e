package fallback

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/validate/format"
	"github.com/penstock-dev/penstock/runtime/internal/validate/sentence"
)

// beginnings are the sentences that end with the value of the keyword.
var beginnings = map[string]string{
	"minimum": "must be at least ", "maximum": "must be at most ",
	"exclusiveMinimum": "must be greater than ", "exclusiveMaximum": "must be less than ",
	"multipleOf": "must be a multiple of ", "const": "must be ", "pattern": "must match the pattern ",
	"contentEncoding": "must be text in the encoding ", "contentMediaType": "must be text of the media type ",
}

// counted are the keywords that limit how many there are of something.
var counted = map[string]struct {
	most bool
	what string
}{
	"minLength": {false, "character"}, "maxLength": {true, "character"},
	"minItems": {false, "item"}, "maxItems": {true, "item"},
	"minProperties": {false, "property"}, "maxProperties": {true, "property"},
	"minContains": {false, "matching item"}, "maxContains": {true, "matching item"},
}

// details says what a broken rule wants, in the words of package sentence.
func (w *flattener) details(e *jsonschema.ValidationError, keyword string) []string {
	value, around := w.value(e)
	if begin, ok := beginnings[keyword]; ok && value != nil {
		return []string{begin + say(value)}
	}
	if limit, ok := counted[keyword]; ok {
		if n, err := strconv.Atoi(fmt.Sprint(value)); err == nil {
			if limit.most {
				return []string{sentence.AtMost(n, limit.what)}
			}
			return []string{sentence.AtLeast(n, limit.what)}
		}
		return []string{"must have at least " + sentence.Count(1, limit.what)} // contains alone
	}
	message := resolve(w.message, e.InstanceLocation)
	switch keyword {
	case "false":
		return []string{"is not allowed"}
	case "not":
		return []string{`must not match the schema under "not"`}
	case "type":
		return []string{typeDetail(value, message)}
	case "enum":
		return []string{enumDetail(value)}
	case "format":
		return []string{"must be " + format.Named(fmt.Sprint(value)).Name}
	case "required":
		return absent(value, message)
	case "additionalProperties":
		return surplus(around, message)
	case "dependentRequired", "dependencies":
		tokens := strings.Split(e.KeywordLocation, "/")
		return []string{fmt.Sprintf("property %q is missing, which %q requires", fmt.Sprint(w.dependent(e)), token(tokens[len(tokens)-2]))}
	case "uniqueItems":
		return []string{e.Message}
	case "anyOf", "oneOf":
		return []string{choiceDetail(e, keyword, value)}
	}
	return []string{"breaks the rule " + strconv.Quote(keyword)}
}

func (w *flattener) dependent(e *jsonschema.ValidationError) any {
	_, fragment, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	return resolve(w.schema.text, fragment)
}

func choiceDetail(e *jsonschema.ValidationError, keyword string, value any) string {
	list, _ := value.([]any)
	if keyword == "anyOf" {
		return sentence.NoneOf(len(list))
	}
	var a, b int
	if _, err := fmt.Sscanf(e.Message, "valid against schemas at indexes %d and %d", &a, &b); err == nil {
		return sentence.NotOnlyOne(len(list), a, b)
	}
	return sentence.NotOne(len(list))
}

func typeDetail(value, message any) string {
	var wanted endpoint.Types
	switch value := value.(type) {
	case string:
		wanted = typeNamed[value]
	case []any:
		for _, one := range value {
			wanted |= typeNamed[fmt.Sprint(one)]
		}
	}
	found := "an object"
	switch message.(type) {
	case nil:
		found = "null"
	case bool:
		found = "a boolean"
	case string:
		found = "a string"
	case json.Number:
		found = "a number"
		if wanted&endpoint.Integer != 0 {
			found = "a number with a fraction"
		}
	case []any:
		found = "an array"
	}
	return "must be " + sentence.Types(wanted) + ", not " + found
}

func enumDetail(value any) string {
	list, _ := value.([]any)
	said := make([]string, len(list))
	for i, one := range list {
		said[i] = say(one)
	}
	return sentence.OneOf(said)
}

func absent(value, message any) []string {
	list, _ := value.([]any)
	object, _ := message.(map[string]any)
	var all []string
	for _, name := range list {
		if _, ok := object[fmt.Sprint(name)]; !ok {
			all = append(all, sentence.Missing(fmt.Sprint(name)))
		}
	}
	return all
}

// surplus lists the properties that neither properties nor patternProperties declares.
func surplus(schema map[string]any, message any) []string {
	object, _ := message.(map[string]any)
	declared, _ := schema["properties"].(map[string]any)
	patterns, _ := schema["patternProperties"].(map[string]any)
	var all []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		_, known := declared[name]
		for p := range patterns {
			known = known || regexp.MustCompile(p).MatchString(name)
		}
		if !known {
			all = append(all, "property "+strconv.Quote(name)+" is not allowed")
		}
	}
	return all
}

// say writes a value of the schema as JSON.
func say(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSpace(b.String())
}
