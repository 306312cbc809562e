package expr

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// object is a map of properties for tests.
type object map[string]Value

func (o object) Property(name string) (Value, error) {
	v, ok := o[name]
	if !ok {
		return Value{}, fmt.Errorf("no property %q", name)
	}
	return v, nil
}

// fold is a map of headers, by names in any case.
type fold map[string]Value

func (f fold) Get(key string) (Value, bool) {
	v, ok := f[strings.ToLower(key)]
	return v, ok
}

func (f fold) Keys() []string { return []string{"host", "x-region"} }

type secretStore struct{}

func (secretStore) Property(name string) (Value, error) { return TextValue("secret of " + name), nil }

// scopeMap is a scope.
type scopeMap map[string]Value

func (m scopeMap) Variable(name string) (Value, error) {
	v, ok := m[name]
	if !ok {
		return Value{}, errors.New("not set")
	}
	return v, nil
}

func pairs(list ...string) Value {
	m := value.NewEntries()
	for i := 0; i < len(list); i += 2 {
		m.Set(list[i], TextValue(list[i+1]))
	}
	return MapValue(m)
}

const content = `{"a":{"b":"deep"},"list":[1,2,3],"n":5}`

func exampleScope(t testing.TB) scopeMap {
	t.Helper()
	decoded, err := JSONValue([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	params := value.NewEntries()
	params.Set("p", TextsValue([]string{"1"}))
	params.Set("re", TextsValue([]string{"a.c"}))
	dictionaries := value.NewEntries()
	dictionaries.Set("d", pairs("k", "w"))
	return scopeMap{
		"request": ObjectValue(object{
			"method": TextValue("GET"), "paths": TextsValue([]string{"", "orders"}), "content": TextValue(content),
			"jsonContent": decoded, "pathParams": pairs("id", "42"), "params": MapValue(params),
			"headers": MapValue(fold{"x-region": TextsValue([]string{"eu", "us"}), "host": TextsValue([]string{"a.example"})}),
		}),
		"message":      ObjectValue(object{"content": TextValue(content)}),
		"context":      ObjectValue(object{"attributes": pairs("tenant", "acme")}),
		"subscription": ObjectValue(object{"clientId": TextValue("caller"), "metadata": pairs("plan", "gold")}),
		"api":          ObjectValue(object{"properties": pairs("k", "v")}),
		"properties":   pairs("k", "v"), "dictionaries": MapValue(dictionaries),
		"secrets": ObjectValue(secretStore{}),
	}
}

// show writes a value so that its kind is seen.
func show(v Value) string {
	var items []string
	switch v.Kind() {
	case Null:
		return "null"
	case Text:
		return strconv.Quote(value.AsText(v))
	case List:
		for i := range value.Size(v) {
			items = append(items, show(value.Item(v, i)))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case Map:
		for _, k := range value.AsMap(v).Keys() {
			item, _ := value.AsMap(v).Get(k)
			items = append(items, k+": "+show(item))
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	text, err := value.Written(new(bounds.Budget), v)
	if err != nil {
		return err.Error()
	}
	return text
}

// outcome compiles and evaluates a text.
func outcome(text string, place Place, scope Scope) string {
	compiled, err := Compile(text, place)
	if err != nil {
		return "? " + err.Error()
	}
	v, err := compiled.Value(scope)
	if err != nil {
		return "! " + err.Error()
	}
	return show(v)
}

func TestCases(t *testing.T) {
	data, err := os.ReadFile("testdata/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	scope, count := exampleScope(t), 0
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		text, want, isCase := strings.Cut(line, "\t")
		if !isCase {
			continue
		}
		count++
		if got := outcome(text, Configuration, scope); got != want {
			t.Errorf("cases.txt:%d: %s\ngot  %s\nwant %s", i+1, text, got, want)
		}
	}
	if count < 200 {
		t.Errorf("%d cases, want at least 200", count)
	}
}
