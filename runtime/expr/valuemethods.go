package expr

import "math"

// equals is == as a method.
var equals = method{args: []Kind{Any}, min: 1, result: boolShape, run: func(s *state, in call) (Value, error) {
	same, err := s.equal(in.on, in.args[0])
	return BoolValue(same), err
}}

var toText = method{result: textShape, run: func(s *state, in call) (Value, error) {
	text, err := s.written(in.on)
	return TextValue(text), err
}}

// plainMethods are those of every value.
var plainMethods = map[string]method{"toString": toText, "equals": equals}

var wholeOf = method{result: intShape, run: func(_ *state, in call) (Value, error) { return truncated(in.on) }}

// truncated cuts the fraction off a number.
func truncated(v Value) (Value, error) {
	if v.kind == Int {
		return v, nil
	}
	f := math.Trunc(v.float())
	if !(f >= -1<<63 && f < 1<<63) {
		return Value{}, errBeyond
	}
	return IntValue(int64(f)), nil
}

// numberMethods are methods of java.lang.Number.
var numberMethods = map[string]method{
	"toString": toText, "equals": equals, "intValue": wholeOf, "longValue": wholeOf,
	"doubleValue": {result: floatShape, run: func(_ *state, in call) (Value, error) { return FloatValue(in.on.float()), nil }},
	"compareTo": {args: []Kind{Int}, min: 1, result: intShape, run: func(_ *state, in call) (Value, error) {
		d, err := compared(in.on, in.args[0])
		return IntValue(int64(d)), err
	}},
}

// listMethods are methods of java.util.List that read.
var listMethods = map[string]method{
	"toString": toText, "equals": equals,
	"size":    {result: intShape, run: func(_ *state, in call) (Value, error) { return IntValue(int64(in.on.length())), nil }},
	"isEmpty": {result: boolShape, run: func(_ *state, in call) (Value, error) { return BoolValue(in.on.length() == 0), nil }},
	"get": {args: []Kind{Int}, min: 1, run: func(s *state, in call) (Value, error) {
		return s.listItem(in.on, in.args[0].int())
	}},
	"contains": {args: []Kind{Any}, min: 1, result: boolShape, run: func(s *state, in call) (Value, error) {
		i, err := s.search(in.on, in.args[0])
		return BoolValue(i >= 0), err
	}},
	"indexOf": {args: []Kind{Any}, min: 1, result: intShape, run: func(s *state, in call) (Value, error) {
		i, err := s.search(in.on, in.args[0])
		return IntValue(int64(i)), err
	}},
	"containsAll": {args: []Kind{List}, min: 1, result: boolShape, run: func(s *state, in call) (Value, error) {
		for i := range in.args[0].length() {
			if at, err := s.search(in.on, in.args[0].item(i)); at < 0 || err != nil {
				return BoolValue(false), err
			}
		}
		return BoolValue(true), nil
	}},
}

// search finds an item of a list; -1 where there is none.
func (s *state) search(list, item Value) (int, error) {
	for i := range list.length() {
		if same, err := s.equal(list.item(i), item); same || err != nil {
			return i, err
		}
	}
	return -1, nil
}

// mapMethods are methods of java.util.Map that read, and getFirst of HTTP headers.
var mapMethods = map[string]method{
	"toString": toText, "equals": equals,
	"size": {result: intShape, run: func(_ *state, in call) (Value, error) {
		return IntValue(int64(len(in.on.mapping().Keys()))), nil
	}},
	"isEmpty": {result: boolShape, run: func(_ *state, in call) (Value, error) {
		return BoolValue(len(in.on.mapping().Keys()) == 0), nil
	}},
	"get": {args: []Kind{Text}, min: 1, run: func(_ *state, in call) (Value, error) {
		v, _ := in.on.mapping().Get(in.args[0].text)
		return v, nil
	}},
	"getOrDefault": {args: []Kind{Text, Any}, min: 2, result: anyShape, run: func(_ *state, in call) (Value, error) {
		if v, ok := in.on.mapping().Get(in.args[0].text); ok {
			return v, nil
		}
		return in.args[1], nil
	}},
	"getFirst": {args: []Kind{Text}, min: 1, result: anyShape, run: func(_ *state, in call) (Value, error) {
		v, _ := in.on.mapping().Get(in.args[0].text)
		if v.kind == List {
			if v.length() == 0 {
				return Value{}, nil
			}
			return v.item(0), nil
		}
		return v, nil
	}},
	"containsKey": {args: []Kind{Text}, min: 1, result: boolShape, run: func(_ *state, in call) (Value, error) {
		_, ok := in.on.mapping().Get(in.args[0].text)
		return BoolValue(ok), nil
	}},
	"keySet": {result: textsShape, run: func(s *state, in call) (Value, error) {
		keys := in.on.mapping().Keys()
		if keys == nil {
			keys = []string{}
		}
		return TextsValue(keys), s.take(itemBytes * len(keys))
	}},
	"values": {result: listOf(anyShape), run: func(s *state, in call) (Value, error) {
		keys := in.on.mapping().Keys()
		list := make([]Value, len(keys))
		for i, k := range keys {
			list[i], _ = in.on.mapping().Get(k)
		}
		return ListValue(list), s.take(itemBytes * len(keys))
	}},
}
