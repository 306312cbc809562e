package expr

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// Names is Value for a text that lists names, as those of topics. A text that is one part and nothing
// else gives its value. In any other the commas of the text itself stand between names, or the
// commas of the JSON array that it is: what is computed is a part of a name and adds none, whatever
// commas, quotes and brackets it holds. Errors are those of Text.
func (t *Template) Names(scope Scope) (Value, error) {
	if len(t.parts) == 0 || t.Whole() {
		return t.Value(scope)
	}
	texts, err := t.texts(scope)
	if err != nil {
		return Value{}, err
	}
	if list, ok := t.array(texts); ok {
		return list, nil
	}
	names := []string{""}
	for i, p := range t.parts {
		pieces := []string{texts[i]}
		if p.compute == nil {
			pieces = strings.Split(p.literal, ",")
		}
		names[len(names)-1] += pieces[0]
		names = append(names, pieces[1:]...)
	}
	return value.OfTexts(slices.DeleteFunc(names, func(name string) bool { return strings.TrimSpace(name) == "" })), nil
}

// Pattern is Value for a text that is a regular expression. A text that is one part and nothing else
// gives its value. In any other what is computed stands for itself, whatever signs of the language of
// patterns it holds. Errors are those of Text.
func (t *Template) Pattern(scope Scope) (Value, error) {
	if len(t.parts) == 0 || t.Whole() {
		return t.Value(scope)
	}
	texts, err := t.texts(scope)
	if err != nil {
		return Value{}, err
	}
	for i, p := range t.parts {
		if p.compute != nil {
			texts[i] = regexp.QuoteMeta(texts[i])
		}
	}
	return value.OfText(strings.Join(texts, "")), nil
}

// texts computes the parts, each for itself.
func (t *Template) texts(scope Scope) ([]string, error) {
	s := begin(scope)
	defer s.end()
	texts := make([]string, len(t.parts))
	for i, p := range t.parts {
		var b strings.Builder
		if err := s.join(&b, p); err != nil {
			return nil, err
		}
		texts[i] = b.String()
	}
	return texts, nil
}

// array reads a text that is a JSON array with computed parts inside of its texts; false for any
// other.
func (t *Template) array(texts []string) (Value, bool) {
	if t.parts[0].compute != nil || !strings.HasPrefix(strings.TrimSpace(t.parts[0].literal), "[") {
		return Value{}, false
	}
	var b strings.Builder
	for i, p := range t.parts {
		if p.compute == nil {
			b.WriteString(p.literal)
			continue
		}
		quoted, err := json.Marshal(texts[i])
		if err != nil {
			return Value{}, false
		}
		b.Write(quoted[1 : len(quoted)-1])
	}
	v, err := JSONValue([]byte(b.String()))
	return v, err == nil && v.Kind() == List
}
