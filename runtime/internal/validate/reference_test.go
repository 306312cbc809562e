package validate_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/validate"
)

// chooser draws schemas and messages from a string of bytes; when it is used up, everything is 0.
type chooser struct{ data []byte }

func (c *chooser) n(below int) int {
	if len(c.data) == 0 {
		return 0
	}
	b := c.data[0]
	c.data = c.data[1:]
	return int(b) % below
}

func (c *chooser) pick(of ...string) string { return of[c.n(len(of))] }

// names are few, so that properties of schema and message meet.
func (c *chooser) name() string { return c.pick("a", "b", "id", "é", `q"t`, "x/y~") }

func (c *chooser) numberText() string {
	return c.pick("0", "1", "-1", "2", "3", "10", "0.5", "1.0", "1e1", "100e-2", "-2.50", "0.1", "1e-2", "99999999999999999999", "9007199254740993",
		"9007199254740992.0", "-0", "0.30", "1.5e300", "7E+2", "2.4999999999999999999999")
}

func (c *chooser) textJSON() string {
	return c.pick(`""`, `"a"`, `"ab"`, `"abc"`, `"\u0061b"`, `"é"`, `"😀"`, `"\ud83d\ude00"`, `"\ud800"`, `"a\nb"`, `"a.b"`, `"A-12"`, `"1"`, `"2026-01-31"`,
		`"2026-01-31T12:00:00Z"`, `"a@b.c"`, `"http://a.b/c"`, `"10.0.0.1"`, `"::1"`, `"0b6f5f6e-8d2c-4c53-9c7e-2f1a7f0f6b11"`, `"`+strings.Repeat("long ", 9)+`"`)
}

func (c *chooser) value(depth int) string {
	kind := c.n(8)
	if depth == 0 {
		kind %= 5
	}
	switch kind {
	case 0:
		return c.pick("null", "true", "false")
	case 1, 2:
		return c.numberText()
	case 3, 4:
		return c.textJSON()
	case 5:
		items := make([]string, c.n(5))
		for i := range items {
			items[i] = c.value(depth - 1)
		}
		return "[" + strings.Join(items, c.pick(",", " , ")) + "]"
	}
	var members []string
	seen := map[string]bool{}
	for range c.n(5) {
		name := c.name()
		if seen[name] {
			continue // what happens to duplicates is our choice, not the reference's
		}
		seen[name] = true
		text, _ := json.Marshal(name)
		members = append(members, string(text)+c.pick(":", " : ")+c.value(depth-1))
	}
	return "{" + strings.Join(members, ",") + "}"
}

func (c *chooser) schema(depth int) *endpoint.Schema {
	if c.n(12) == 11 {
		return &endpoint.Schema{Ref: c.pick("A", "B")}
	}
	if c.n(20) == 19 {
		return &endpoint.Schema{Never: true}
	}
	s := new(endpoint.Schema)
	if c.n(2) == 1 {
		s.Types = endpoint.Types(c.n(128))
		if s.Types&endpoint.Number != 0 {
			s.Types |= endpoint.Integer // JSON Schema has no word for a number with a fraction
		}
	}
	c.scalars(s)
	if depth > 0 {
		c.containers(s, depth-1)
		for _, list := range []*[]*endpoint.Schema{&s.AllOf, &s.AnyOf, &s.OneOf} {
			if c.n(5) == 4 {
				for range 1 + c.n(3) {
					*list = append(*list, c.inner(depth-1))
				}
			}
		}
	}
	return s
}

// inner is a schema for the same value: never a reference, which could go in a circle.
func (c *chooser) inner(depth int) *endpoint.Schema {
	s := c.schema(depth)
	if s.Ref != "" {
		return &endpoint.Schema{Properties: one("a", s)}
	}
	return s
}

func (c *chooser) scalars(s *endpoint.Schema) {
	for _, limit := range []*string{&s.Minimum, &s.Maximum, &s.ExclusiveMinimum, &s.ExclusiveMaximum} {
		if c.n(8) == 7 {
			*limit = c.numberText()
		}
	}
	if c.n(8) == 7 {
		s.MultipleOf = c.pick("1", "2", "0.1", "0.01", "7", "1e2", "0.25", "3.0")
	}
	if c.n(8) == 7 {
		s.MinLength = c.n(4)
	}
	if c.n(8) == 7 {
		s.MaxLength = intp(c.n(4))
	}
	if c.n(8) == 7 {
		s.Pattern = c.pick("^a", "b$", "^[a-z]+$", "^[A-Z]-[0-9]{2}$", "^[^.]*$", ".", "^.{2}$", "^a?b?c?$", "^[a-c]{1,2}", "^(a|é)", "^a*ab$", "^\\w+\\.\\w$")
	}
	if c.n(8) == 7 {
		s.Format = c.pick("date-time", "date", "time", "uuid", "email", "uri", "ipv4", "ipv6", "hostname")
	}
	if c.n(8) == 7 {
		s.Const = endpoint.JSON(c.value(2))
	}
	if c.n(8) == 7 {
		s.Enum = []endpoint.JSON{}
		for range 1 + c.n(12) {
			s.Enum = append(s.Enum, endpoint.JSON(c.value(1)))
		}
	}
}

func (c *chooser) containers(s *endpoint.Schema, depth int) {
	if c.n(3) == 2 {
		s.Items = c.schema(depth)
	}
	s.UniqueItems = c.n(6) == 5
	s.MinItems, s.MinProperties = max(0, c.n(9)-6), max(0, c.n(9)-6)
	if c.n(8) == 7 {
		s.MaxItems = intp(c.n(4))
	}
	if c.n(8) == 7 {
		s.MaxProperties = intp(c.n(4))
	}
	seen := map[string]bool{}
	for range c.n(4) {
		if name := c.name(); !seen[name] {
			seen[name] = true
			s.Properties = append(s.Properties, endpoint.Property{Name: name, Schema: c.schema(depth)})
		}
	}
	for range max(0, c.n(5)-2) {
		if name := c.name(); !seen["!"+name] {
			seen["!"+name] = true
			s.Required = append(s.Required, name)
		}
	}
	if c.n(4) == 3 {
		s.Additional = c.schema(depth)
	}
}

// compareWithReference draws a schema and messages, and checks them with both validators, and
// with the fallback, which shares its library but not its formats with the reference.
func compareWithReference(t *testing.T, data []byte) (valid, invalid int) {
	t.Helper()
	c := &chooser{data}
	s := c.inner(3)
	s.Defs = map[string]*endpoint.Schema{"A": c.inner(2), "B": c.inner(1)}
	text := schemaText(s)
	reference := compileReference(t, text)
	if reference == nil {
		return 0, 0
	}
	v, err := validate.Compile(s)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for range 8 {
		body := []byte(c.value(3))
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		var message any
		if err := d.Decode(&message); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		want := reference.Validate(message)
		got := v.Check(body)
		if (got == nil) != (want == nil) {
			t.Fatalf("schema  %s\nmessage %s\ngot     %v\nwant    %v", text, body, got, fmt.Sprintf("%#v", want))
		}
		if want == nil {
			valid++
		} else {
			invalid++
		}
	}
	return valid, invalid
}

func compileReference(t *testing.T, text string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	if err := c.AddResource("s.json", strings.NewReader(text)); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	s, err := c.Compile("s.json")
	if err != nil {
		if strings.Contains(err.Error(), "infinite loop") {
			return nil
		}
		t.Fatalf("%v\n%s", err, text)
	}
	return s
}

// TestAgreesWithReference draws the same schemas and messages on every run.
func TestAgreesWithReference(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 2000)
	valid, invalid := 0, 0
	for range 400 {
		for i := 0; i < len(data); i += 8 {
			binary.LittleEndian.PutUint64(data[i:], random.Uint64())
		}
		ok, bad := compareWithReference(t, data)
		valid, invalid = valid+ok, invalid+bad
	}
	if valid < 400 || invalid < 400 {
		t.Errorf("%d valid and %d invalid messages: the comparison is one-sided", valid, invalid)
	}
}

func FuzzAgainstReference(f *testing.F) {
	f.Add([]byte("\x01\x02\x03\x04"))
	f.Add(bytes.Repeat([]byte{7, 3, 11, 200, 5}, 200))
	f.Fuzz(func(t *testing.T, data []byte) { compareWithReference(t, data) })
}
