package validate

import (
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// typeNames is "a string, an integer or null".
func typeNames(t endpoint.Types) string {
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

func atLeast(n int, what string) string { return "must have at least " + count(n, what) }
func atMost(n int, what string) string  { return "must have at most " + count(n, what) }

// count is "1 item", "2 items", "2 properties".
func count(n int, what string) string {
	if n != 1 {
		if stem, ok := strings.CutSuffix(what, "y"); ok {
			what = stem + "ies"
		} else {
			what += "s"
		}
	}
	return strconv.Itoa(n) + " " + what
}

func alternatives(n int) string { return count(n, "alternative") }
