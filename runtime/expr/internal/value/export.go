package value

import (
	"errors"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
)

// IsNull says whether the value is null.
func (v Value) IsNull() bool { return v.kind == Null }

// Text is the value as a template writes it: null is nothing, a list is joined by commas. An
// object is an error; so is a text beyond the limits of an evaluation, bounds.Err.
func (v Value) Text() (string, error) {
	budget := new(bounds.Budget)
	return Written(budget, v)
}

// Texts is the value as a list of names: the items of a list, of a text that is a JSON array, or
// of a text with commas. Names are trimmed; empty ones are left out and repeated ones collapse.
// null is no names. Errors are those of Text.
func (v Value) Texts() ([]string, error) {
	budget := new(bounds.Budget)
	var names []string
	seen := map[string]bool{"": true}
	add := func(name string) {
		if name = strings.TrimSpace(name); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	if v.kind == Text {
		decoded, isArray := jsonArray(v.text)
		if !isArray {
			for name := range strings.SplitSeq(v.text, ",") {
				if err := budget.Take(bounds.ItemBytes); err != nil {
					return nil, err
				}
				add(name)
			}
			return names, nil
		}
		v = decoded
	}
	if v.kind != List {
		text, err := Written(budget, v)
		add(text)
		return names, err
	}
	for i := range Size(v) {
		text, err := Written(budget, Item(v, i))
		if err != nil {
			return nil, err
		}
		if err = budget.Step(); err != nil {
			return nil, err
		}
		add(text)
	}
	return names, nil
}

// jsonArray reads a text that is a JSON array.
func jsonArray(text string) (Value, bool) {
	if !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "[") {
		return Value{}, false
	}
	v, err := OfJSON([]byte(text))
	return v, err == nil && v.kind == List
}

// Any is the value as encoding/json decodes one, but that whole numbers are int64: nil, bool,
// int64, float64, string, []any and map[string]any. An object is an error. A value may hold
// another one many times: what is made is bounded as an evaluation is, bounds.Err.
func (v Value) Any() (any, error) {
	budget := new(bounds.Budget)
	return exported(budget, v)
}

func exported(budget *bounds.Budget, v Value) (any, error) {
	if err := budget.Step(); err != nil {
		return nil, err
	}
	switch v.kind {
	case Bool:
		return v.number != 0, nil
	case Int:
		return AsInt(v), nil
	case Float:
		return AsFloat(v), nil
	case Text:
		return v.text, budget.Take(len(v.text))
	case List:
		list := make([]any, Size(v))
		for i := range list {
			item, err := exported(budget, Item(v, i))
			if err != nil {
				return nil, err
			}
			list[i] = item
		}
		return list, budget.Take(bounds.ItemBytes * len(list))
	case Map:
		keys := AsMap(v).Keys()
		members := make(map[string]any, len(keys))
		for _, key := range keys {
			item, _ := AsMap(v).Get(key)
			member, err := exported(budget, item)
			if err != nil {
				return nil, err
			}
			members[key] = member
		}
		return members, budget.Take(bounds.ItemBytes * len(keys))
	case Structure:
		return nil, errObject
	}
	return nil, nil
}

var errObject = errors.New("an object is no value: name one of its properties")
