package method

import (
	"math"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
	"github.com/penstock-dev/penstock/runtime/expr/internal/shape"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// equals is == as a method.
var equals = Method{Args: []value.Kind{value.Any}, Min: 1, Result: shape.Bool, Run: func(budget *bounds.Budget, in Call) (value.Value, error) {
	same, err := value.Equal(budget, in.On, in.Args[0])
	return value.OfBool(same), err
}}

var toText = Method{Result: shape.Text, Run: func(budget *bounds.Budget, in Call) (value.Value, error) {
	text, err := value.Written(budget, in.On)
	return value.OfText(text), err
}}

// plainMethods are those of every value.
var plainMethods = map[string]Method{"toString": toText, "equals": equals}

var wholeOf = Method{Result: shape.Int, Run: func(_ *bounds.Budget, in Call) (value.Value, error) { return truncated(in.On) }}

// truncated cuts the fraction off a number.
func truncated(v value.Value) (value.Value, error) {
	if v.Kind() == value.Int {
		return v, nil
	}
	f := math.Trunc(value.AsFloat(v))
	if !(f >= -1<<63 && f < 1<<63) {
		return value.Value{}, value.ErrBeyond
	}
	return value.OfInt(int64(f)), nil
}

// numberMethods are methods of java.lang.Number.
var numberMethods = map[string]Method{
	"toString": toText, "equals": equals, "intValue": wholeOf, "longValue": wholeOf,
	"doubleValue": {Result: shape.Float, Run: func(_ *bounds.Budget, in Call) (value.Value, error) { return value.OfFloat(value.AsFloat(in.On)), nil }},
	"compareTo": {Args: []value.Kind{value.Int}, Min: 1, Result: shape.Int, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		d, err := value.Compare(in.On, in.Args[0])
		return value.OfInt(int64(d)), err
	}},
}

// listMethods are methods of java.util.List that read.
var listMethods = map[string]Method{
	"toString": toText, "equals": equals,
	"size": {Result: shape.Int, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		return value.OfInt(int64(value.Size(in.On))), nil
	}},
	"isEmpty": {Result: shape.Bool, Run: func(_ *bounds.Budget, in Call) (value.Value, error) { return value.OfBool(value.Size(in.On) == 0), nil }},
	"get": {Args: []value.Kind{value.Int}, Min: 1, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		return value.ListItem(in.On, value.AsInt(in.Args[0]))
	}},
	"contains": {Args: []value.Kind{value.Any}, Min: 1, Result: shape.Bool, Run: func(budget *bounds.Budget, in Call) (value.Value, error) {
		i, err := search(budget, in.On, in.Args[0])
		return value.OfBool(i >= 0), err
	}},
	"indexOf": {Args: []value.Kind{value.Any}, Min: 1, Result: shape.Int, Run: func(budget *bounds.Budget, in Call) (value.Value, error) {
		i, err := search(budget, in.On, in.Args[0])
		return value.OfInt(int64(i)), err
	}},
	"containsAll": {Args: []value.Kind{value.List}, Min: 1, Result: shape.Bool, Run: func(budget *bounds.Budget, in Call) (value.Value, error) {
		for i := range value.Size(in.Args[0]) {
			if at, err := search(budget, in.On, value.Item(in.Args[0], i)); at < 0 || err != nil {
				return value.OfBool(false), err
			}
		}
		return value.OfBool(true), nil
	}},
}

// search finds an item of a list; -1 where there is none.
func search(budget *bounds.Budget, list, item value.Value) (int, error) {
	for i := range value.Size(list) {
		if same, err := value.Equal(budget, value.Item(list, i), item); same || err != nil {
			return i, err
		}
	}
	return -1, nil
}

// mapMethods are methods of java.util.Map that read, and getFirst of HTTP headers.
var mapMethods = map[string]Method{
	"toString": toText, "equals": equals,
	"size": {Result: shape.Int, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		return value.OfInt(int64(len(value.AsMap(in.On).Keys()))), nil
	}},
	"isEmpty": {Result: shape.Bool, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		return value.OfBool(len(value.AsMap(in.On).Keys()) == 0), nil
	}},
	"get": {Args: []value.Kind{value.Text}, Min: 1, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		v, _ := value.AsMap(in.On).Get(value.AsText(in.Args[0]))
		return v, nil
	}},
	"getOrDefault": {Args: []value.Kind{value.Text, value.Any}, Min: 2, Result: shape.Any, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		if v, ok := value.AsMap(in.On).Get(value.AsText(in.Args[0])); ok {
			return v, nil
		}
		return in.Args[1], nil
	}},
	"getFirst": {Args: []value.Kind{value.Text}, Min: 1, Result: shape.Any, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		v, _ := value.AsMap(in.On).Get(value.AsText(in.Args[0]))
		if v.Kind() == value.List {
			if value.Size(v) == 0 {
				return value.Value{}, nil
			}
			return value.Item(v, 0), nil
		}
		return v, nil
	}},
	"containsKey": {Args: []value.Kind{value.Text}, Min: 1, Result: shape.Bool, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		_, ok := value.AsMap(in.On).Get(value.AsText(in.Args[0]))
		return value.OfBool(ok), nil
	}},
	"keySet": {Result: shape.Texts, Run: func(budget *bounds.Budget, in Call) (value.Value, error) {
		keys := value.AsMap(in.On).Keys()
		if keys == nil {
			keys = []string{}
		}
		return value.OfTexts(keys), budget.Take(bounds.ItemBytes * len(keys))
	}},
	"values": {Result: shape.ListOf(shape.Any), Run: func(budget *bounds.Budget, in Call) (value.Value, error) {
		keys := value.AsMap(in.On).Keys()
		list := make([]value.Value, len(keys))
		for i, k := range keys {
			list[i], _ = value.AsMap(in.On).Get(k)
		}
		return value.OfList(list), budget.Take(bounds.ItemBytes * len(keys))
	}},
}
