package expr

import (
	"strconv"
	"strings"
	"testing"
)

// TestGrants: who lacks a claim is not let in by what a comparison makes of null.
func TestGrants(t *testing.T) {
	claims := map[string]any{"level": 2, "nothing": nil, "tenant": "eu", "admin": "yes"}
	scope := scopeMap{
		"subscription": ObjectValue(object{"metadata": ValueOf(claims)}),
		"request":      ObjectValue(object{"params": ValueOf(map[string]any{})}),
	}
	const missing = "null is not compared in a condition that lets callers in"
	for text, want := range map[string]string{
		"{#subscription.metadata['level'] < 3}":                                        "true",
		"{#subscription.metadata['level'] > 3}":                                        "false",
		"{#subscription.metadata['admin']}":                                            "true",
		"{#subscription.metadata['none'] == null}":                                     "true",
		"{(null == #subscription.metadata['none'])}":                                   "true",
		"{#subscription.metadata['none'] != null}":                                     "false",
		"{#subscription.metadata['none'] == 'eu'}":                                     "false",
		"{#subscription.metadata['tenant'] == #request.params['t']?.[0]}":              "false",
		"{#subscription.metadata['none'] == 1 or #subscription.metadata['level'] < 3}": "true",
		"{#subscription.metadata['none']}":                                             "character 1: null is no boolean",
		"{#subscription.metadata['none'] < 3}":                                         "character 33: " + missing,
		"{#subscription.metadata['nothing'] lt 3}":                                     "character 36: " + missing,
		"{#subscription.metadata['none'] <= 3 and true}":                               "character 33: " + missing,
		"{#subscription.metadata['none'] >= #subscription.metadata['other']}":          "character 33: " + missing,
		"{(3 > #subscription.metadata['none'])}":                                       "character 5: " + missing,
		"{({1}.?[#subscription.metadata['none'] < 3].size() == 1)}":                    "character 40: " + missing,
		"{#subscription.metadata['none'] == #request.params['t']?.[0]}":                "character 33: " + missing,
		"{(!(#subscription.metadata['none'] != #request.params['t']?.[0]))}":           "character 36: " + missing,
	} {
		compiled, err := Compile(text, Request)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		ok, err := compiled.Grants(scope)
		got := strconv.FormatBool(ok)
		if err != nil {
			got = err.Error()
		}
		if got != want || ok && err != nil {
			t.Errorf("%s: got %v, %s, want %s", text, ok, got, want)
		}
		if _, err := compiled.Bool(scope); err != nil && strings.Contains(err.Error(), missing) {
			t.Errorf("%s: other conditions compare null: %v", text, err)
		}
	}
}
