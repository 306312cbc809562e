package expr

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
)

// types are the types whose static methods can be called, by T(name). Those of java.lang are
// found by their short names too.
var types = map[string]map[string]method{
	"java.lang.Math":    mathMethods,
	"java.lang.String":  {"valueOf": valueOf, "join": join},
	"java.lang.Integer": {"parseInt": parseWhole, "valueOf": parseWhole, "toString": valueOf},
	"java.lang.Long":    {"parseLong": parseWhole, "valueOf": parseWhole, "toString": valueOf},
	"java.lang.Double":  {"parseDouble": parseFraction, "valueOf": parseFraction, "toString": valueOf},
	"java.lang.Boolean": {"parseBoolean": parseFlag, "valueOf": parseFlag, "toString": valueOf},
}

var mathMethods = map[string]method{
	"abs": {args: []Kind{Float}, min: 1, result: anyShape, run: func(_ *state, in call) (Value, error) {
		if v := in.args[0]; v.kind == Float {
			return FloatValue(math.Abs(v.float())), nil
		} else if v.int() >= 0 {
			return v, nil
		}
		return whole("-", 0, in.args[0].int())
	}},
	"max": extreme(1), "min": extreme(-1),
	"floor": rounded(math.Floor), "ceil": rounded(math.Ceil), "sqrt": rounded(math.Sqrt),
	"pow": {args: []Kind{Float, Float}, min: 2, result: floatShape, run: func(_ *state, in call) (Value, error) {
		return FloatValue(math.Pow(in.args[0].float(), in.args[1].float())), nil
	}},
	"round": {args: []Kind{Float}, min: 1, result: intShape, run: func(_ *state, in call) (Value, error) {
		return truncated(FloatValue(math.Floor(in.args[0].float() + 0.5)))
	}},
}

// extreme is max for 1 and min for -1.
func extreme(sign int) method {
	return method{args: []Kind{Float, Float}, min: 2, result: anyShape, run: func(_ *state, in call) (Value, error) {
		a, b := in.args[0], in.args[1]
		d, err := compared(a, b)
		if a.kind != b.kind {
			a, b = FloatValue(a.float()), FloatValue(b.float())
		}
		if d*sign < 0 {
			return b, err
		}
		return a, err
	}}
}

func rounded(f func(float64) float64) method {
	return method{args: []Kind{Float}, min: 1, result: floatShape, run: func(_ *state, in call) (Value, error) {
		return FloatValue(f(in.args[0].float())), nil
	}}
}

var valueOf = method{args: []Kind{Any}, min: 1, result: textShape, run: func(s *state, in call) (Value, error) {
	text, err := s.joined(in.args[0])
	return TextValue(text), err
}}

var join = method{args: []Kind{Text, List}, min: 2, result: textShape, run: func(s *state, in call) (Value, error) {
	var b strings.Builder
	for i := range in.args[1].length() {
		if i > 0 {
			if err := s.append(&b, in.args[0].text); err != nil {
				return Value{}, err
			}
		}
		if err := s.write(&b, in.args[1].item(i)); err != nil {
			return Value{}, err
		}
	}
	return TextValue(b.String()), nil
}}

var parseWhole = method{args: []Kind{Text}, min: 1, result: intShape, run: func(_ *state, in call) (Value, error) {
	n, err := strconv.ParseInt(in.args[0].text, 10, 64)
	if err != nil {
		return Value{}, errors.New("the text is no whole number")
	}
	return IntValue(n), nil
}}

var parseFraction = method{args: []Kind{Text}, min: 1, result: floatShape, run: func(_ *state, in call) (Value, error) {
	f, err := strconv.ParseFloat(strings.TrimSpace(in.args[0].text), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return Value{}, errors.New("the text is no number")
	}
	return FloatValue(f), nil
}}

var parseFlag = method{args: []Kind{Text}, min: 1, result: boolShape, run: func(_ *state, in call) (Value, error) {
	return BoolValue(strings.EqualFold(in.args[0].text, "true")), nil
}}

// static compiles T(type).method(args).
func (c *compiler) static(n *syntax.Node) (eval, *shape) {
	t := n.Args[0]
	args, shapes := c.operands(n.Args[1:])
	known, ok := types[t.Name]
	if !ok {
		known, ok = types["java.lang."+t.Name]
	}
	if !ok {
		c.fail(t.Offset, "the type %s is not allowed%s", t.Name, didYouMean(t.Name, "", types))
		return failing, anyShape
	}
	m, ok := known[n.Name]
	if !ok {
		c.fail(n.Offset, "T(%s) has no method %q%s", t.Name, n.Name, didYouMean(n.Name, "", known))
		return failing, anyShape
	}
	if why := m.mismatch(n.Name, shapes); why != "" {
		c.fail(n.Offset, "%s", why)
		return failing, anyShape
	}
	return func(s *state) (Value, error) {
		list, err := s.values(args)
		if err != nil {
			return Value{}, err
		}
		if why := m.problem(n.Name, list); why != "" {
			return Value{}, at(n.Offset, errors.New(why))
		}
		if err = s.step(); err != nil {
			return Value{}, at(n.Offset, err)
		}
		v, err := m.run(s, call{args: list})
		return v, placed(n.Offset, err)
	}, m.result
}
