package validate_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/validate"
)

var messages = []struct{ name, text string }{{"256B", small}, {"1KB", large}}

func BenchmarkCheck(b *testing.B) {
	v, err := validate.Compile(order())
	if err != nil {
		b.Fatal(err)
	}
	each(b, func(body []byte) bool { return v.Check(body) == nil })
}

// BenchmarkCheckShuffled has the properties in another order than the schema.
func BenchmarkCheckShuffled(b *testing.B) {
	v, err := validate.Compile(order())
	if err != nil {
		b.Fatal(err)
	}
	for _, m := range messages {
		var parts map[string]json.RawMessage
		if err := json.Unmarshal([]byte(m.text), &parts); err != nil {
			b.Fatal(err)
		}
		body, err := json.Marshal(parts) // sorted by name
		if err != nil {
			b.Fatal(err)
		}
		run(b, m.name, body, func(body []byte) bool { return v.Check(body) == nil })
	}
}

func BenchmarkCheckJSON(b *testing.B) {
	each(b, func(body []byte) bool { return validate.CheckJSON(body) == nil })
}

func BenchmarkJSONValid(b *testing.B) { each(b, json.Valid) }

func BenchmarkJSONSchemaV5(b *testing.B) {
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	if err := c.AddResource("order.json", strings.NewReader(schemaText(order()))); err != nil {
		b.Fatal(err)
	}
	s, err := c.Compile("order.json")
	if err != nil {
		b.Fatal(err)
	}
	each(b, func(body []byte) bool {
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		var v any
		return d.Decode(&v) == nil && s.Validate(v) == nil
	})
}

func BenchmarkFallback(b *testing.B) {
	v, err := validate.Compile(&endpoint.Schema{JSON: endpoint.JSON(schemaText(order()))})
	if err != nil {
		b.Fatal(err)
	}
	each(b, func(body []byte) bool { return v.Check(body) == nil })
}

func each(b *testing.B, valid func([]byte) bool) {
	for _, m := range messages {
		run(b, m.name, []byte(m.text), valid)
	}
}

func run(b *testing.B, name string, body []byte, valid func([]byte) bool) {
	b.Run(name, func(b *testing.B) {
		if !valid(body) {
			b.Fatal("the message is not valid")
		}
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			valid(body)
		}
	})
}
