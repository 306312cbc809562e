// Package fallback checks messages against schemas with keywords that package validate does not
// compile. It decodes each message and is some fifty times slower.
package fallback

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/scan"
	"github.com/penstock-dev/penstock/runtime/internal/validate/format"
)

// Schema is a compiled schema. Safe for concurrent use.
type Schema struct {
	compiled *jsonschema.Schema
	text     any // the schema itself, for the sentences
}

// schemaURL names the schema to the library; nothing is ever fetched.
const schemaURL = "penstock:///schema.json"

// Compile prepares a schema written as JSON. References to other documents are errors; nothing is
// fetched. Draft 2020-12 unless $schema says otherwise.
func Compile(text string) (*Schema, error) {
	f := new(Schema)
	var err error
	if f.text, err = decode([]byte(text)); err != nil {
		return nil, fmt.Errorf(scan.NotJSON+": %w", err)
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
	if f.compiled, err = c.Compile(schemaURL); err != nil {
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
	check := format.Named(name).Check
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

// Check lists every broken rule of a message, sorted by place; nil when it is valid.
//
// Numbers must have passed decimal.Short, because the library expands their exponents, and names
// must differ in each object, because the library would see the last one only.
func (f *Schema) Check(body []byte) []core.Violation {
	v, err := decode(body)
	if err != nil {
		return []core.Violation{{Detail: scan.NotJSON + ": " + err.Error()}}
	}
	err = f.compiled.Validate(v)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []core.Violation{{Detail: "the schema cannot be applied: it refers to itself without end"}}
	}
	return f.flatten(invalid, v)
}
