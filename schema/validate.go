package schema

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Validate checks a value and returns every problem, sorted by pointer; nil when there is none.
func Validate(kind Kind, mode Mode, value any) []Issue {
	compiled := compiledOf(kind, mode)
	if compiled == nil {
		return []Issue{{Message: fmt.Sprintf("there is no schema %q", kind)}}
	}
	var found []finding
	if err := compiled.Validate(value); err != nil {
		var invalid *jsonschema.ValidationError
		if !errors.As(err, &invalid) {
			return []Issue{{Message: fmt.Sprintf("the value is not JSON: %v", err)}}
		}
		collect(kind, invalid, value, &found)
	}
	root(kind).visit(value, "", func(n node, value any, pointer string) {
		found = append(found, n.check(mode, value, pointer)...)
	})
	return issues(found, value)
}

// collect walks the causes of a verdict down to those that say something of their own.
func collect(kind Kind, cause *jsonschema.ValidationError, value any, found *[]finding) {
	rule := ruleOf(cause)
	rule.kind = kind
	if len(cause.Causes) > 0 && rule.keyword != "anyOf" && rule.keyword != "oneOf" {
		for _, inner := range cause.Causes {
			collect(kind, inner, value, found)
		}
		return
	}
	pointer := unescape(cause.InstanceLocation)
	instance, _ := at(value, pointer)
	*found = append(*found, rule.findings(instance, pointer)...)
}

// rule is one keyword of an embedded schema.
type rule struct {
	kind     Kind // of the whole value
	keyword  string
	argument any
	holder   node // the schema that the keyword stands in
	depth    int  // how many conditions lead to it
	naming   bool // it is about the name of a property, not about its value
}

// ruleOf finds the keyword that a cause is about by its absolute location.
func ruleOf(cause *jsonschema.ValidationError) rule {
	location, fragment, _ := strings.Cut(cause.AbsoluteKeywordLocation, "#")
	name := strings.TrimSuffix(strings.TrimPrefix(location, base), ".json")
	pointer := unescape(fragment)
	i := strings.LastIndexByte(pointer, '/')
	if i < 0 {
		return rule{holder: node{name, rawOf(name)}}
	}
	holder, _ := at(rawOf(name), pointer[:i])
	schema, _ := holder.(map[string]any)
	keyword := pointer[i+1:]
	return rule{
		keyword:  keyword,
		argument: schema[keyword],
		holder:   node{name, schema},
		depth:    strings.Count(pointer, "/allOf/"),
		naming:   strings.Contains(pointer, "/propertyNames/"),
	}
}

// unescape undoes the percent encoding that the validator uses in its locations.
func unescape(location string) string {
	if plain, err := url.PathUnescape(location); err == nil {
		return plain
	}
	return location
}

// issues flattens findings: of a scalar value only the plainest one is kept, because a value that
// is wrong in itself breaks the conditions on it too.
func issues(found []finding, value any) []Issue {
	plainest := map[string]int{}
	for _, f := range found {
		if rank, ok := plainest[f.Pointer]; !ok || f.rank < rank {
			plainest[f.Pointer] = f.rank
		}
	}
	var out []Issue
	for _, f := range found {
		if f.rank == plainest[f.Pointer] || !isScalar(value, f.Pointer) {
			out = append(out, f.Issue)
		}
	}
	return sortIssues(out)
}

func isScalar(value any, pointer string) bool {
	instance, ok := at(value, pointer)
	if !ok {
		return false
	}
	switch instance.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}
