package expr

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
)

func evaluated(t *testing.T, text string) Value {
	t.Helper()
	compiled, err := Compile(text, Message)
	if err != nil {
		t.Fatal(err)
	}
	v, err := compiled.Value(exampleScope(t))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTexts(t *testing.T) {
	for text, want := range map[string][]string{
		"{(null)}": nil, "": nil, "a": {"a"}, " a , b,,a ": {"a", "b"}, `["a","b","a"]`: {"a", "b"}, ` [1, "b c"]`: {"1", "b c"},
		"[a,b": {"[a", "b"}, `["a"] x`: {`["a"] x`}, "{({'x','y ','x'})}": {"x", "y"}, "{(5)}": {"5"}, "{('p,q')}": {"p", "q"},
		"{#request.headers['X-Region']}": {"eu", "us"}, "{#request.headers['Host']}": {"a.example"},
	} {
		if got, err := evaluated(t, text).Texts(); !reflect.DeepEqual(got, want) || err != nil {
			t.Errorf("%s: got %q, %v, want %q", text, got, err, want)
		}
	}
	if _, err := TextValue(strings.Repeat("a,", bounds.MaxBytes)).Texts(); !errors.Is(err, ErrLimit) {
		t.Errorf("too many names: got %v", err)
	}
	if _, err := evaluated(t, "{({1}.![#request])}").Texts(); err == nil || err.Error() != "an object is no text: name one of its properties" {
		t.Errorf("an object: got %v", err)
	}
}

func TestAny(t *testing.T) {
	got, err := evaluated(t, "{({a: 1, b: {true, null, 1.5, 'x'}, c: #request.headers['X-Region'], d: #request.jsonContent})}").Any()
	want := map[string]any{
		"a": int64(1), "b": []any{true, nil, 1.5, "x"}, "c": []any{"eu", "us"},
		"d": map[string]any{"a": map[string]any{"b": "deep"}, "list": []any{int64(1), int64(2), int64(3)}, "n": int64(5)},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := evaluated(t, "{({1}.![#request])}").Any(); err == nil || err.Error() != "an object is no value: name one of its properties" {
		t.Errorf("an object: got %v", err)
	}
	doubled := evaluated(t, "{({1}"+strings.Repeat(".![{#this,#this}]", 40)+")}")
	if _, err := doubled.Any(); !errors.Is(err, ErrLimit) {
		t.Errorf("a list that doubles: got %v", err)
	}
	if _, err := doubled.Text(); !errors.Is(err, ErrLimit) {
		t.Errorf("the text of a list that doubles: got %v", err)
	}
	if got, err := evaluated(t, "{({1,2})}").Text(); got != "1,2" || err != nil {
		t.Errorf("text of a list: got %q, %v", got, err)
	}
}

func TestAttributes(t *testing.T) {
	for text, want := range map[string]string{
		"plain {#request.method}":                                                 "",
		"{#context.attributes['b']}{#context.attributes.a}":                       "a b",
		"{#context['attributes']['a']}":                                           "a",
		"{#context.attributes?.['a']?.toUpperCase()}":                             "a",
		"{#context.attributes.get('a') + #context.attributes.containsKey(\"b\")}": "a b",
		"{#context.attributes.getOrDefault('a', #context.attributes.b)}":          "a b",
		"{({1}.?[#context.attributes['a'] == #this])}":                            "a",
		"{#context.attributes[#request.method]}":                                  "all",
		"{#context.attributes[#context.attributes['a']]}":                         "a all",
		"{#context.attributes.![key]}":                                            "all",
		"{#context.attributes.keySet().size()}":                                   "all",
		"{#context.attributes.get('a' + 'b')}":                                    "all",
		"{(#request.method == 'a' ? #context.attributes : {:})}":                  "all",
		"{({#context.attributes}[0]['a'])}":                                       "all",
	} {
		compiled, err := Compile(text, Message)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		names, all := compiled.Attributes()
		if all {
			names = append(names, "all")
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
