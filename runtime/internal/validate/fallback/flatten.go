package fallback

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// flattener turns the nested error of the library into a list of broken rules.
type flattener struct {
	schema  *Schema
	message any
	found   []core.Violation
}

// flatten walks the causes down to the rules that were broken. The list is sorted, because the
// library goes through objects in random order.
func (f *Schema) flatten(root *jsonschema.ValidationError, message any) []core.Violation {
	w := &flattener{schema: f, message: message}
	w.walk(root)
	slices.SortFunc(w.found, func(a, b core.Violation) int {
		return cmp.Or(cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Detail, b.Detail))
	})
	return slices.Compact(w.found)
}

func (w *flattener) walk(e *jsonschema.ValidationError) {
	switch keyword := keywordOf(e); keyword {
	case "anyOf", "oneOf":
		if only := w.plausible(e); only != nil {
			w.walk(only)
			return
		}
		w.leaf(e, keyword)
	case "minContains", "maxContains", "contains":
		w.leaf(e, keyword)
	default:
		if len(e.Causes) == 0 {
			w.leaf(e, keyword)
		}
		for _, cause := range e.Causes {
			w.walk(cause)
		}
	}
}

// plausible is the one alternative that did not fail by the type of the value itself: its own
// broken rules say more than that nothing matched.
func (w *flattener) plausible(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	var only *jsonschema.ValidationError
	for _, cause := range e.Causes {
		leaf := cause
		for len(leaf.Causes) == 1 {
			leaf = leaf.Causes[0]
		}
		if keywordOf(leaf) == "type" && leaf.InstanceLocation == e.InstanceLocation {
			continue
		}
		if only != nil {
			return nil
		}
		only = cause
	}
	return only
}

func (w *flattener) leaf(e *jsonschema.ValidationError, keyword string) {
	for _, detail := range w.details(e, keyword) {
		if strings.Contains(e.KeywordLocation+"/", "/propertyNames/") {
			detail = "the name of the property " + detail
		}
		w.found = append(w.found, core.Violation{Pointer: pointer(e.InstanceLocation), Detail: detail})
	}
}

// keywordOf is the keyword that failed.
func keywordOf(e *jsonschema.ValidationError) string {
	if e.Message == "not allowed" && len(e.Causes) == 0 {
		return "false"
	}
	tokens := strings.Split(e.KeywordLocation, "/")
	last := len(tokens) - 1
	if last >= 2 && (tokens[last-2] == "dependentRequired" || tokens[last-2] == "dependencies") {
		return tokens[last-2]
	}
	if last >= 1 && tokens[last-1] == "allOf" {
		return "allOf"
	}
	return tokens[last]
}

// value is what the schema says for the keyword that failed, and the schema around it; nil where
// that is in a resource of its own.
func (w *flattener) value(e *jsonschema.ValidationError) (value any, around map[string]any) {
	root, _, _ := strings.Cut(w.schema.compiled.Location, "#")
	resource, fragment, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	if resource != root {
		return nil, nil
	}
	parent, last := fragment, ""
	if slash := strings.LastIndexByte(fragment, '/'); slash >= 0 {
		parent, last = fragment[:slash], fragment[slash+1:]
	}
	around, _ = resolve(w.schema.text, parent).(map[string]any)
	if around == nil {
		return resolve(w.schema.text, fragment), nil
	}
	return around[token(last)], around
}

// resolve follows a location of the library.
func resolve(v any, location string) any {
	for _, t := range strings.Split(location, "/")[1:] {
		switch at := v.(type) {
		case map[string]any:
			v = at[token(t)]
		case []any:
			i, err := strconv.Atoi(t)
			if err != nil || i < 0 || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

// pointer takes the escapes of URLs out of a location of the library.
func pointer(location string) string {
	tokens := strings.Split(location, "/")
	for i, t := range tokens {
		if plain, err := url.PathUnescape(t); err == nil {
			tokens[i] = plain
		}
	}
	return strings.Join(tokens, "/")
}

// token is the name that one part of a location stands for.
func token(t string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(pointer(t))
}
