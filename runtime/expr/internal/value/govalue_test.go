package value

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
)

// show writes a value so that its kind is seen.
func show(v Value) string {
	var items []string
	switch v.kind {
	case Null:
		return "null"
	case Text:
		return strconv.Quote(v.text)
	case List:
		for i := range Size(v) {
			items = append(items, show(Item(v, i)))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case Map:
		for _, k := range AsMap(v).Keys() {
			item, _ := AsMap(v).Get(k)
			items = append(items, k+": "+show(item))
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	text, err := Written(new(bounds.Budget), v)
	if err != nil {
		return err.Error()
	}
	return text
}

type region string

func TestOf(t *testing.T) {
	for _, c := range []struct {
		in   any
		want string
	}{
		{nil, "null"},
		{"a", `"a"`},
		{[]byte("a"), `"a"`},
		{true, "true"},
		{7, "7"},
		{int8(-7), "-7"},
		{uint16(7), "7"},
		{uint64(1 << 63), "9.223372036854776E18"},
		{1.5, "1.5"},
		{float32(2), "2.0"},
		{json.Number("3"), "3"},
		{json.Number("3.5"), "3.5"},
		{json.Number("1e999"), "null"},
		{[]string{"a", "b"}, `["a", "b"]`},
		{[]string(nil), "null"},
		{[]any{"a", 1.0, nil}, `["a", 1.0, null]`},
		{[]int{1, 2}, "[1, 2]"},
		{map[string]string{"b": "2", "a": "1"}, `{a: "1", b: "2"}`},
		{map[string]any{"a": []any{map[string]any{"b": true}}}, "{a: [{b: true}]}"},
		{region("eu"), `"eu"`},
		{map[region]int{"eu": 1}, "{eu: 1}"},
		{netip.MustParseAddr("192.0.2.1"), `"192.0.2.1"`},
		{OfInt(4), "4"},
		{struct{ A int }{1}, "null"},
		{make(chan int), "null"},
		{map[int]string{1: "a"}, "null"},
	} {
		if got := show(Of(c.in)); got != c.want {
			t.Errorf("%T %v: got %s, want %s", c.in, c.in, got, c.want)
		}
	}
	circle := []any{nil}
	circle[0] = circle
	if got := show(Of(circle)); !strings.Contains(got, "[[null]]") {
		t.Errorf("a list that holds itself ends somewhere: got %s", got)
	}
}
