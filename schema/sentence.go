package schema

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/penstock-dev/penstock/schema/spelling"
)

// finding is an issue with its rank: of several about one scalar value, the lowest is shown.
type finding struct {
	Issue
	rank int
}

// The ranks.
const (
	rankType = iota
	rankValue
	rankCondition
)

// findings says in plain words how an instance breaks the rule.
func (r rule) findings(instance any, pointer string) []finding {
	rank := rankValue
	if r.depth > 0 {
		rank = rankCondition
	}
	one := func(message, suggestion string) []finding {
		return []finding{{Issue{pointer, message, suggestion}, rank}}
	}
	if r.naming {
		return one(r.misnamed(pointer))
	}
	switch r.keyword {
	case "type":
		rank = rankType
		return one(fmt.Sprintf("must be %s, not %s", r.expected(), typeName(r.holder, instance)), "")
	case "additionalProperties":
		return r.unknown(instance, pointer)
	case "required":
		return r.missing(instance, pointer, rank)
	case "pattern":
		return one(r.own("patternErrorMessage", "has a wrong form")+quoted(r.holder, instance), "")
	}
	if text, ok := r.holder.schema["errorMessage"].(string); ok {
		return one(text+quoted(r.holder, instance), "")
	}
	switch r.keyword {
	case "enum", "anyOf":
		if _, ok := instance.(string); !ok {
			rank = rankType
			return one("must be a string, not "+typeName(r.holder, instance), "")
		}
		return one(noneOf(instance, r.choices()))
	case "minimum":
		return one(fmt.Sprintf("must be at least %v, not %v", r.argument, instance), "")
	case "minItems":
		return one("must not be empty", "")
	case "minLength", "minProperties":
		return one("must not be empty", "")
	}
	return one(fmt.Sprintf("breaks the rule %q", r.keyword), "")
}

// own is a message that the schema itself gives, or a general one.
func (r rule) own(keyword, general string) string {
	for _, key := range []string{keyword, "errorMessage"} {
		if text, ok := r.holder.schema[key].(string); ok {
			return text
		}
	}
	return general
}

// unknown gives one finding for each property that the schema does not name.
func (r rule) unknown(instance any, pointer string) []finding {
	object, _ := instance.(map[string]any)
	known := r.holder.names()
	var out []finding
	for name := range object {
		if _, ok := r.holder.property(name); ok {
			continue
		}
		issue := Issue{Pointer: join(pointer, name), Message: fmt.Sprintf("unknown property %q", name)}
		if meant, ok := spelling.Near(name, known); ok {
			issue.Message += fmt.Sprintf(": did you mean %q?", meant)
			issue.Suggestion = meant
		} else if places := placesOf(r.kind, name); places != "" {
			issue.Message += ": it belongs at " + places
		}
		out = append(out, finding{issue, rankValue})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Pointer < out[j].Pointer })
	return out
}

// misnamed is the sentence about the name of a property that the schema does not admit.
func (r rule) misnamed(pointer string) (message, suggestion string) {
	parts := segments(pointer)
	message = r.own("errorMessage", "has a name that is not admitted")
	choices := r.choices()
	if meant, ok := spelling.Near(parts[len(parts)-1], choices); ok && len(choices) > 1 {
		return message + fmt.Sprintf(": did you mean %q?", meant), meant
	}
	return message, ""
}

// placesOf names where a property does belong, "" when that is nowhere or in too many places.
func placesOf(kind Kind, name string) string {
	var places []string
	for _, property := range Properties(kind) {
		path := property.Path
		if path[len(path)-1] == name && !slices.Contains(path, "*") {
			places = append(places, strings.Join(path, "."))
		}
	}
	if len(places) > 2 {
		return ""
	}
	return strings.Join(places, " or ")
}

// missing gives one finding for each mandatory property that is not there.
func (r rule) missing(instance any, pointer string, rank int) []finding {
	object, _ := instance.(map[string]any)
	names, _ := r.argument.([]any)
	var out []finding
	for _, name := range names {
		name, _ := name.(string)
		if _, ok := object[name]; ok {
			continue
		}
		message := r.own("errorMessage", name+" is missing")
		out = append(out, finding{Issue{Pointer: pointer, Message: message}, rank})
	}
	return out
}

// choices lists the texts that the rule's enumerations admit, save other spellings.
func (r rule) choices() []string {
	branches, ok := r.argument.([]any)
	if !ok || r.keyword == "enum" {
		branches = []any{r.holder.schema}
	}
	var out []string
	for _, branch := range branches {
		schema, _ := branch.(map[string]any)
		if schema["doNotSuggest"] == true {
			continue
		}
		values, _ := schema["enum"].([]any)
		for _, value := range values {
			if text, ok := value.(string); ok {
				out = append(out, text)
			}
		}
	}
	return out
}

// noneOf is the sentence about a value that is not of an enumeration.
func noneOf(instance any, choices []string) (message, suggestion string) {
	word, _ := instance.(string)
	if len(choices) == 1 {
		message = fmt.Sprintf("must be %q, not %q", choices[0], word)
	} else {
		message = fmt.Sprintf("%q is none of %s", word, strings.Join(choices, ", "))
	}
	if meant, ok := spelling.Near(word, choices); ok && len(choices) > 1 {
		return message + fmt.Sprintf(": did you mean %q?", meant), meant
	}
	return message, ""
}

// quoted is the value at the end of a sentence, unless it is a secret or not text.
func quoted(holder node, instance any) string {
	text, ok := instance.(string)
	if !ok || holder.schema["writeOnly"] == true {
		return ""
	}
	return fmt.Sprintf(", not %q", text)
}

// expected names the types that the rule admits. An object without properties, beside other
// types, can only be a reference and is not named.
func (r rule) expected() string {
	types, _ := r.argument.([]any)
	other := func(name any) bool { return name != "object" && name != "null" }
	if r.holder.schema["properties"] != nil || !slices.ContainsFunc(types, other) {
		return expectedTypes(r.argument)
	}
	return expectedTypes(slices.DeleteFunc(slices.Clone(types), func(name any) bool { return name == "object" }))
}

func expectedTypes(argument any) string {
	switch argument := argument.(type) {
	case string:
		return typeWords[argument]
	case []any:
		var words []string
		for _, name := range argument {
			if text, ok := name.(string); ok && text != "null" {
				words = append(words, typeWords[text])
			}
		}
		return strings.Join(words, " or ")
	}
	return ""
}

var typeWords = map[string]string{
	"string": "a string", "object": "an object", "array": "a list", "boolean": "true or false",
	"integer": "a whole number", "number": "a number", "null": "null",
}

// typeName says what a value is; the number that it is only if that is no secret.
func typeName(holder node, value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	}
	if holder.schema["writeOnly"] == true {
		return "a number: a text of digits stands in quotes"
	}
	return fmt.Sprintf("the number %v", value)
}
