package method

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
	"github.com/penstock-dev/penstock/runtime/expr/internal/shape"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// Static are the types whose static methods can be called, by T(name). Those of java.lang are
// found by their short names too.
var Static = map[string]map[string]Method{
	"java.lang.Math":    mathMethods,
	"java.lang.String":  {"valueOf": valueOf, "join": join},
	"java.lang.Integer": {"parseInt": parseWhole, "valueOf": parseWhole, "toString": valueOf},
	"java.lang.Long":    {"parseLong": parseWhole, "valueOf": parseWhole, "toString": valueOf},
	"java.lang.Double":  {"parseDouble": parseFraction, "valueOf": parseFraction, "toString": valueOf},
	"java.lang.Boolean": {"parseBoolean": parseFlag, "valueOf": parseFlag, "toString": valueOf},
}

var mathMethods = map[string]Method{
	"abs": {Args: []value.Kind{value.Float}, Min: 1, Result: shape.Any, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		if v := in.Args[0]; v.Kind() == value.Float {
			return value.OfFloat(math.Abs(value.AsFloat(v))), nil
		} else if value.AsInt(v) >= 0 {
			return v, nil
		}
		return value.Whole("-", 0, value.AsInt(in.Args[0]))
	}},
	"max": extreme(1), "min": extreme(-1),
	"floor": rounded(math.Floor), "ceil": rounded(math.Ceil), "sqrt": rounded(math.Sqrt),
	"pow": {Args: []value.Kind{value.Float, value.Float}, Min: 2, Result: shape.Float, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		return value.OfFloat(math.Pow(value.AsFloat(in.Args[0]), value.AsFloat(in.Args[1]))), nil
	}},
	"round": {Args: []value.Kind{value.Float}, Min: 1, Result: shape.Int, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		x := value.AsFloat(in.Args[0])
		whole := math.Floor(x)
		if x-whole >= 0.5 { // x + 0.5 would itself be rounded
			whole++
		}
		return truncated(value.OfFloat(whole))
	}},
}

// extreme is max for 1 and min for -1.
func extreme(sign int) Method {
	return Method{Args: []value.Kind{value.Float, value.Float}, Min: 2, Result: shape.Any, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		a, b := in.Args[0], in.Args[1]
		d, err := value.Compare(a, b)
		if a.Kind() != b.Kind() {
			a, b = value.OfFloat(value.AsFloat(a)), value.OfFloat(value.AsFloat(b))
		}
		if d*sign < 0 {
			return b, err
		}
		return a, err
	}}
}

func rounded(f func(float64) float64) Method {
	return Method{Args: []value.Kind{value.Float}, Min: 1, Result: shape.Float, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
		return value.OfFloat(f(value.AsFloat(in.Args[0]))), nil
	}}
}

var valueOf = Method{Args: []value.Kind{value.Any}, Min: 1, Result: shape.Text, Run: func(budget *bounds.Budget, in Call) (value.Value, error) {
	text, err := value.Joined(budget, in.Args[0])
	return value.OfText(text), err
}}

var join = Method{Args: []value.Kind{value.Text, value.List}, Min: 2, Result: shape.Text, Run: func(budget *bounds.Budget, in Call) (value.Value, error) {
	var b strings.Builder
	for i := range value.Size(in.Args[1]) {
		if i > 0 {
			if err := value.Append(budget, &b, value.AsText(in.Args[0])); err != nil {
				return value.Value{}, err
			}
		}
		if err := value.Write(budget, &b, value.Item(in.Args[1], i)); err != nil {
			return value.Value{}, err
		}
	}
	return value.OfText(b.String()), nil
}}

var parseWhole = Method{Args: []value.Kind{value.Text}, Min: 1, Result: shape.Int, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
	n, err := strconv.ParseInt(value.AsText(in.Args[0]), 10, 64)
	if err != nil {
		return value.Value{}, errors.New("the text is no whole number")
	}
	return value.OfInt(n), nil
}}

var parseFraction = Method{Args: []value.Kind{value.Text}, Min: 1, Result: shape.Float, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
	f, err := strconv.ParseFloat(strings.TrimSpace(value.AsText(in.Args[0])), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return value.Value{}, errors.New("the text is no number")
	}
	return value.OfFloat(f), nil
}}

var parseFlag = Method{Args: []value.Kind{value.Text}, Min: 1, Result: shape.Bool, Run: func(_ *bounds.Budget, in Call) (value.Value, error) {
	return value.OfBool(strings.EqualFold(value.AsText(in.Args[0]), "true")), nil
}}
