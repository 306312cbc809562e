package expr

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	const evil = "x,secrets"
	for text, want := range map[string]map[string]string{
		"a, b,,a":                                  {"": "a|b"},
		`["a","b,c"]`:                              {"": "a|b,c"},
		"orders-{#subscription.id}":                {"eu": "orders-eu", evil: "orders-x,secrets", "": "orders-"},
		"{#subscription.id}.orders":                {"eu": "eu.orders", evil: "x,secrets.orders"},
		"a,{#subscription.id}-b , c":               {"eu": "a|eu-b|c", evil: "a|x,secrets-b|c"},
		" ,{#subscription.id}{#subscription.id}":   {"eu": "eueu", "": ""},
		`["orders-{#subscription.id}", "archive"]`: {"eu": "orders-eu|archive", `x","secrets`: `orders-x","secrets|archive`},
		`[{#subscription.id},1]`:                   {"2": "2|1", `"x","secrets"`: `["x","secrets"|1]`},
		"{#subscription.id}":                       {"a,b": "a|b", `["a","b,c"]`: "a|b,c", "": ""},
		"{('orders-' + #subscription.id)}":         {"eu": "orders-eu"},
		"orders-{({'a','b'})}":                     {"": "orders-a,b"},
	} {
		compiled, err := Compile(text, Request)
		if err != nil {
			t.Fatal(err)
		}
		for id, wanted := range want {
			v, err := compiled.Names(scopeMap{"subscription": ObjectValue(object{"id": TextValue(id)})})
			if err != nil {
				t.Errorf("%s of %q: %v", text, id, err)
				continue
			}
			names, err := v.Texts()
			if got := strings.Join(names, "|"); got != wanted || err != nil {
				t.Errorf("%s of %q: got %s, %v, want %s", text, id, got, err, wanted)
			}
		}
	}
	failing, err := Compile("a-{#request.headers['none'][0]}", Request)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := failing.Names(exampleScope(t)); err == nil || err.Error() != "character 28: null has no items" {
		t.Errorf("got %v", err)
	}
}

func TestPattern(t *testing.T) {
	for text, want := range map[string]map[string]string{
		"team[.].*":                   {"": "team[.].*"},
		"{#subscription.id}":          {"a|b.*": "a|b.*"},
		"{#subscription.id}[.].*":     {"eu": "eu[.].*", "a|b.*": `a\|b\.\*[.].*`},
		"(a|{#subscription.id})[.]b+": {"x)|(.*": `(a|x\)\|\(\.\*)[.]b+`},
		"{({'a','b'})}.x":             {"": "a,b.x"},
	} {
		compiled, err := Compile(text, Request)
		if err != nil {
			t.Fatal(err)
		}
		for id, wanted := range want {
			v, err := compiled.Pattern(scopeMap{"subscription": ObjectValue(object{"id": TextValue(id)})})
			if err != nil {
				t.Errorf("%s of %q: %v", text, id, err)
				continue
			}
			if got, err := v.Text(); got != wanted || err != nil {
				t.Errorf("%s of %q: got %s, %v, want %s", text, id, got, err, wanted)
			}
		}
	}
}
