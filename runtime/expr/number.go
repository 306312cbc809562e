package expr

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// IntValue makes a whole number.
func IntValue(n int64) Value { return Value{kind: Int, number: uint64(n)} }

// FloatValue makes a number with a fraction.
func FloatValue(f float64) Value { return Value{kind: Float, number: math.Float64bits(f)} }

func (v Value) int() int64 { return int64(v.number) }

func (v Value) isNumber() bool { return v.kind == Int || v.kind == Float }

// float is a number of either kind.
func (v Value) float() float64 {
	if v.kind == Int {
		return float64(v.int())
	}
	return math.Float64frombits(v.number)
}

// floatText writes a number as Java's Double.toString does: 3.0, 1.5E10.
func floatText(f float64) string {
	switch size := math.Abs(f); {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0 || size >= 1e-3 && size < 1e7:
		text := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return text
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'E', -1, 64), "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	sign := ""
	if exponent[0] == '-' {
		sign = "-"
	}
	return mantissa + "E" + sign + strings.TrimLeft(exponent[1:], "0")
}

var (
	errZero   = errors.New("division by zero")
	errBeyond = errors.New("the number is beyond 64 bits")
)

// arithmetic computes - * / % of two numbers, and + of two numbers. Whole numbers stay whole;
// a result beyond 64 bits is an error, where Java would wrap.
func arithmetic(op string, a, b Value) (Value, error) {
	if a.kind == Int && b.kind == Int {
		return whole(op, a.int(), b.int())
	}
	x, y := a.float(), b.float()
	switch op {
	case "+":
		return FloatValue(x + y), nil
	case "-":
		return FloatValue(x - y), nil
	case "*":
		return FloatValue(x * y), nil
	case "/":
		return FloatValue(x / y), nil
	}
	return FloatValue(math.Mod(x, y)), nil
}

// whole computes with whole numbers.
func whole(op string, x, y int64) (Value, error) {
	var result int64
	var fits bool
	switch op {
	case "+":
		result = x + y
		fits = (result > x) == (y > 0)
	case "-":
		result = x - y
		fits = (result < x) == (y > 0)
	case "*":
		result = x * y
		fits = x == 0 || result/x == y && (x != -1 || y != math.MinInt64)
	default:
		if y == 0 {
			return Value{}, errZero
		}
		fits = y != -1 || x != math.MinInt64
		if op == "%" {
			return IntValue(x % y), nil
		}
		result = x / y
	}
	if !fits {
		return Value{}, errBeyond
	}
	return IntValue(result), nil
}
