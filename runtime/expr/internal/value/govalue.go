package value

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
)

// Of makes a value of what Go code has: nil, booleans, numbers, texts ([]byte and
// fmt.Stringer too), and slices and maps with text keys of them, as encoding/json decodes them or
// typed. Maps are read when they are asked for and must not change meanwhile. Anything else, and
// lists nested more than 64 deep, are null.
func Of(x any) Value { return goValue(x, 0) }

func goValue(x any, depth int) Value {
	if depth > maxDepth {
		return Value{}
	}
	switch x := x.(type) {
	case nil:
		return Value{}
	case Value:
		return x
	case string:
		return OfText(x)
	case bool:
		return OfBool(x)
	case int64:
		return OfInt(x)
	case float64:
		return OfFloat(x)
	case []byte:
		return OfText(string(x))
	case json.Number:
		return numberOf(x)
	case []string:
		return OfTexts(x)
	case []any:
		list := make([]Value, len(x))
		for i, item := range x {
			list[i] = goValue(item, depth+1)
		}
		return OfList(list)
	case map[string]string:
		return OfMap(Texts(x))
	case map[string]any:
		return OfMap(anyMap(x))
	case fmt.Stringer:
		return OfText(x.String())
	}
	return reflected(reflect.ValueOf(x), depth)
}

func numberOf(n json.Number) Value {
	if i, err := n.Int64(); err == nil {
		return OfInt(i)
	}
	f, err := n.Float64()
	if err != nil {
		return Value{}
	}
	return OfFloat(f)
}

// reflected reads the other kinds of numbers, and types that have names of their own.
func reflected(v reflect.Value, depth int) Value {
	switch v.Kind() {
	case reflect.String:
		return OfText(v.String())
	case reflect.Bool:
		return OfBool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return OfInt(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if n := v.Uint(); n <= math.MaxInt64 {
			return OfInt(int64(n))
		}
		return OfFloat(float64(v.Uint()))
	case reflect.Float32, reflect.Float64:
		return OfFloat(v.Float())
	case reflect.Slice:
		list := make([]Value, v.Len())
		for i := range list {
			list[i] = goValue(v.Index(i).Interface(), depth+1)
		}
		return OfList(list)
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String {
			members := make(map[string]any, v.Len())
			for it := v.MapRange(); it.Next(); {
				members[it.Key().String()] = it.Value().Interface()
			}
			return OfMap(anyMap(members))
		}
	}
	return Value{}
}

// Texts is a map of texts as a Mapping, with its keys sorted. It is not copied.
type Texts map[string]string

// Get implements Mapping.
func (m Texts) Get(key string) (Value, bool) {
	text, ok := m[key]
	if !ok {
		return Value{}, false
	}
	return OfText(text), true
}

// Keys implements Mapping.
func (m Texts) Keys() []string { return slices.Sorted(maps.Keys(m)) }

// anyMap is a map of Go values.
type anyMap map[string]any

// Get implements Mapping.
func (m anyMap) Get(key string) (Value, bool) {
	x, ok := m[key]
	return Of(x), ok
}

// Keys implements Mapping.
func (m anyMap) Keys() []string { return slices.Sorted(maps.Keys(m)) }
