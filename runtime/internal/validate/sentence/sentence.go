// Package sentence words what is wrong with a message, the same for every way to check it.
package sentence

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Types is "a string, an integer or null".
func Types(t endpoint.Types) string {
	if t&endpoint.Number != 0 {
		t &^= endpoint.Integer // a number may have a zero fraction
	}
	var names []string
	for _, one := range []struct {
		bit  endpoint.Types
		name string
	}{
		{endpoint.Object, "an object"},
		{endpoint.Array, "an array"},
		{endpoint.String, "a string"},
		{endpoint.Number, "a number"},
		{endpoint.Integer, "an integer"},
		{endpoint.Boolean, "a boolean"},
		{endpoint.Null, "null"},
	} {
		if t&one.bit != 0 {
			names = append(names, one.name)
		}
	}
	return listed(names)
}

// listed joins words with commas and a last "or".
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// AtLeast is about too few of something: "must have at least 2 items".
func AtLeast(n int, what string) string { return "must have at least " + Count(n, what) }

// AtMost is about too many of something.
func AtMost(n int, what string) string { return "must have at most " + Count(n, what) }

// Count is "1 item", "2 items", "2 properties".
func Count(n int, what string) string {
	if n != 1 {
		if stem, ok := strings.CutSuffix(what, "y"); ok {
			what = stem + "ies"
		} else {
			what += "s"
		}
	}
	return strconv.Itoa(n) + " " + what
}

// Missing is about a property that must be there.
func Missing(name string) string { return "property " + strconv.Quote(name) + " is missing" }

// longestList bounds the number of values that a sentence repeats.
const longestList = 20

// OneOf is about a value that is none of those allowed, which are written as JSON. At most 20 of
// them are repeated.
func OneOf(values []string) string {
	switch {
	case len(values) == 0:
		return "is not allowed"
	case len(values) == 1:
		return "must be " + values[0]
	case len(values) > longestList:
		return fmt.Sprintf("must be one of %d values: %s, …", len(values), strings.Join(values[:longestList], ", "))
	}
	return "must be one of " + strings.Join(values, ", ")
}

// NoneOf is about a value that matches none of n alternatives (anyOf).
func NoneOf(n int) string { return "must match at least one of " + alternatives(n) }

// NotOne is about a value that matches none of n alternatives (oneOf).
func NotOne(n int) string { return exactlyOne(n) + "none" }

// NotOnlyOne is about a value that matches two of n alternatives (oneOf), numbered from 0.
func NotOnlyOne(n, a, b int) string {
	return exactlyOne(n) + fmt.Sprintf("numbers %d and %d", a+1, b+1)
}

func exactlyOne(n int) string {
	return "must match exactly one of " + alternatives(n) + ", but matches "
}

func alternatives(n int) string { return Count(n, "alternative") }
