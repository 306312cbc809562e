package validate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// fallback is a schema with keywords that nodes do not have. It decodes each message and is some
// fifty times slower.
type fallback struct {
	schema *jsonschema.Schema
	text   any // the schema itself, for the sentences
}

// schemaURL names the schema to the library; nothing is ever fetched.
const schemaURL = "penstock:///schema.json"

func compileFallback(text string) (*fallback, error) {
	f := new(fallback)
	var err error
	if f.text, err = decode([]byte(text)); err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	for name := range jsonschema.Formats {
		c.Formats[name] = checkFormat(name)
	}
	c.LoadURL = func(url string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("%q is not part of the schema", url)
	}
	if err := c.AddResource(schemaURL, strings.NewReader(text)); err != nil {
		return nil, err
	}
	if f.schema, err = c.Compile(schemaURL); err != nil {
		return nil, schemaError(err)
	}
	return f, nil
}

// schemaError makes one line of the library's error: the first leaf says what is wrong.
func schemaError(err error) error {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return err
	}
	for len(invalid.Causes) > 0 {
		invalid = invalid.Causes[0]
	}
	return fmt.Errorf("at %q: %s", pointer(invalid.InstanceLocation), invalid.Message)
}

// checkFormat applies the same formats as nodes do, and no others.
func checkFormat(name string) func(any) bool {
	check := formats[name].check
	return func(v any) bool {
		text, ok := v.(string)
		return !ok || check == nil || check([]byte(text))
	}
}

func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

// readable is what must hold before the library may see a message: names that differ in every
// object, and numbers that it can hold.
var readable = func() *node {
	n := &node{numbers: &numberRules{short: true}}
	n.objects = &objectRules{additional: n, max: -1}
	n.arrays = &arrayRules{items: n, max: -1}
	return n
}()

func (f *fallback) check(body []byte) []core.Violation {
	var c checker
	if c.start(body, true); !c.document(readable) {
		return c.result()
	}
	v, err := decode(body)
	if err != nil {
		return []core.Violation{{Detail: "not JSON: " + err.Error()}}
	}
	err = f.schema.Validate(v)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []core.Violation{{Detail: "the schema cannot be applied: it refers to itself without end"}}
	}
	return f.flatten(invalid, v)
}

// headers are the headers that the schema names.
func (f *fallback) headers() []header {
	names := map[string]endpoint.Types{}
	items := map[string]endpoint.Types{}
	f.name(f.schema, names, items, map[*jsonschema.Schema]bool{})
	var all []header
	for _, name := range slices.Sorted(maps.Keys(names)) {
		all = append(all, newHeader(name, names[name], items[name]))
	}
	return all
}

// name collects the properties and required names of a schema and of those that apply to the
// same value.
func (f *fallback) name(s *jsonschema.Schema, names, items map[string]endpoint.Types, seen map[*jsonschema.Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	for name, p := range s.Properties {
		names[name], items[name] = schemaTypes(p), allTypes
		if list, ok := p.Items.(*jsonschema.Schema); ok {
			items[name] = schemaTypes(list)
		} else if p.Items2020 != nil {
			items[name] = schemaTypes(p.Items2020)
		}
	}
	for _, name := range s.Required {
		if _, ok := names[name]; !ok {
			names[name], items[name] = allTypes, allTypes
		}
	}
	for _, sub := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf, []*jsonschema.Schema{s.Ref, s.If, s.Then, s.Else}) {
		f.name(sub, names, items, seen)
	}
}

func schemaTypes(s *jsonschema.Schema) endpoint.Types {
	for range 100 {
		if s == nil || s.Ref == nil {
			break
		}
		s = s.Ref
	}
	if s == nil || len(s.Types) == 0 {
		return allTypes
	}
	var t endpoint.Types
	for _, name := range s.Types {
		t |= typeOf[name]
	}
	return t
}

var typeOf = map[string]endpoint.Types{
	"null": endpoint.Null, "boolean": endpoint.Boolean, "integer": endpoint.Integer,
	"number": endpoint.Integer | endpoint.Number, "string": endpoint.String,
	"array": endpoint.Array, "object": endpoint.Object,
}
