package shape

import (
	"testing"

	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

func TestEither(t *testing.T) {
	object := &Shape{Kind: value.Structure, Name: "#request"}
	for name, c := range map[string]struct {
		a, b *Shape
		kind value.Kind
		item *Shape
	}{
		"the same":        {Text, Text, value.Text, nil},
		"null first":      {Null, Texts, value.List, Text},
		"null last":       {Int, Null, value.Int, nil},
		"two kinds":       {Int, Text, value.Any, nil},
		"equal lists":     {ListOf(Text), Texts, value.List, Text},
		"other lists":     {ListOf(Int), Texts, value.List, Any},
		"maps with nulls": {MapOf(Null), MapOf(Bool), value.Map, Bool},
		"one object":      {object, object, value.Structure, nil},
		"two objects":     {object, &Shape{Kind: value.Structure}, value.Any, nil},
	} {
		if got := Either(c.a, c.b); got.Kind != c.kind || got.Item != c.item {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestMay(t *testing.T) {
	for name, c := range map[string]struct {
		shape *Shape
		kinds []value.Kind
		want  bool
	}{
		"its own kind":       {Text, []value.Kind{value.Bool, value.Text}, true},
		"another kind":       {Text, []value.Kind{value.Bool, value.Int}, false},
		"a fraction":         {Float, []value.Kind{value.Int}, true},
		"a whole number":     {Int, []value.Kind{value.Float}, true},
		"nothing is known":   {Any, []value.Kind{value.Map}, true},
		"null may be absent": {Null, []value.Kind{value.Map}, true},
	} {
		if got := c.shape.May(c.kinds...); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestOf(t *testing.T) {
	for want, v := range map[*Shape]value.Value{
		Null: {}, Bool: value.OfBool(true), Int: value.OfInt(1), Float: value.OfFloat(1), Text: value.OfText("1"),
	} {
		if got := Of(v); got != want {
			t.Errorf("got %+v, want %+v", *got, *want)
		}
	}
}
