package ir

import (
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// literal writes a compiled schema as the fields of a Go literal.
func literal(s *endpoint.Schema) *Literal {
	l := &Literal{}
	if s.Never {
		l.code("Never", "true")
	}
	if s.Types != 0 {
		l.code("Types", typesCode(s.Types))
	}
	l.jsons("Enum", s.Enum)
	l.text("Const", string(s.Const))
	l.text("Minimum", s.Minimum)
	l.text("Maximum", s.Maximum)
	l.text("ExclusiveMinimum", s.ExclusiveMinimum)
	l.text("ExclusiveMaximum", s.ExclusiveMaximum)
	l.text("MultipleOf", s.MultipleOf)
	l.count("MinLength", s.MinLength)
	l.limit("MaxLength", s.MaxLength)
	l.text("Pattern", s.Pattern)
	l.text("Format", s.Format)
	l.schema("Items", s.Items)
	l.count("MinItems", s.MinItems)
	l.limit("MaxItems", s.MaxItems)
	if s.UniqueItems {
		l.code("UniqueItems", "true")
	}
	if len(s.Properties) > 0 {
		var members []Member
		for _, p := range s.Properties {
			members = append(members, Member{Name: p.Name, Value: literal(p.Schema)})
		}
		l.add(Field{Name: "Properties", Members: members})
	}
	if len(s.Required) > 0 {
		l.add(Field{Name: "Required", Texts: s.Required})
	}
	l.schema("Additional", s.Additional)
	l.count("MinProperties", s.MinProperties)
	l.limit("MaxProperties", s.MaxProperties)
	l.schemas("AllOf", s.AllOf)
	l.schemas("AnyOf", s.AnyOf)
	l.schemas("OneOf", s.OneOf)
	l.text("Ref", s.Ref)
	return l
}

func (l *Literal) add(f Field) { l.Fields = append(l.Fields, f) }

func (l *Literal) code(name, code string) { l.add(Field{Name: name, Code: code}) }

func (l *Literal) text(name, text string) {
	if text != "" {
		l.add(Field{Name: name, Text: &text})
	}
}

func (l *Literal) jsons(name string, values []endpoint.JSON) {
	if len(values) == 0 {
		return
	}
	var texts []string
	for _, value := range values {
		texts = append(texts, string(value))
	}
	l.add(Field{Name: name, JSONs: texts})
}

func (l *Literal) count(name string, n int) {
	if n > 0 {
		l.code(name, strconv.Itoa(n))
	}
}

func (l *Literal) limit(name string, n *int) {
	if n != nil {
		l.code(name, "new("+strconv.Itoa(*n)+")")
	}
}

func (l *Literal) schema(name string, s *endpoint.Schema) {
	if s != nil {
		l.add(Field{Name: name, Schema: literal(s)})
	}
}

func (l *Literal) schemas(name string, list []*endpoint.Schema) {
	if len(list) == 0 {
		return
	}
	var out []*Literal
	for _, s := range list {
		out = append(out, literal(s))
	}
	l.add(Field{Name: name, Schemas: out})
}

// typesCode writes a set of types, "endpoint.String | endpoint.Null".
func typesCode(types endpoint.Types) string {
	var names []string
	for _, bit := range []struct {
		bit  endpoint.Types
		name string
	}{
		{endpoint.Object, "Object"},
		{endpoint.Array, "Array"},
		{endpoint.String, "String"},
		{endpoint.Integer, "Integer"},
		{endpoint.Number, "Number"},
		{endpoint.Boolean, "Boolean"},
		{endpoint.Null, "Null"},
	} {
		if types&bit.bit != 0 {
			names = append(names, "endpoint."+bit.name)
		}
	}
	return strings.Join(names, " | ")
}
