package value

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// OfInt makes a whole number.
func OfInt(n int64) Value { return Value{kind: Int, number: uint64(n)} }

// OfFloat makes a number with a fraction.
func OfFloat(f float64) Value { return Value{kind: Float, number: math.Float64bits(f)} }

// AsInt is a value of kind Int.
func AsInt(v Value) int64 { return int64(v.number) }

// IsNumber says whether a value is a number of either kind.
func IsNumber(v Value) bool { return v.kind == Int || v.kind == Float }

// AsFloat is a number of either kind.
func AsFloat(v Value) float64 {
	if v.kind == Int {
		return float64(AsInt(v))
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

var errZero = errors.New("division by zero")

// ErrBeyond is the error of a number that does not fit.
var ErrBeyond = errors.New("the number is beyond 64 bits")

// Arithmetic computes - * / % of two numbers, and + of two numbers. Whole numbers stay whole;
// a result beyond 64 bits is an error, where Java would wrap.
func Arithmetic(op string, a, b Value) (Value, error) {
	if a.kind == Int && b.kind == Int {
		return Whole(op, AsInt(a), AsInt(b))
	}
	x, y := AsFloat(a), AsFloat(b)
	switch op {
	case "+":
		return OfFloat(x + y), nil
	case "-":
		return OfFloat(x - y), nil
	case "*":
		return OfFloat(x * y), nil
	case "/":
		return OfFloat(x / y), nil
	}
	return OfFloat(math.Mod(x, y)), nil
}

// Whole computes + - * / % of whole numbers; a result beyond 64 bits is ErrBeyond.
func Whole(op string, x, y int64) (Value, error) {
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
			return OfInt(x % y), nil
		}
		result = x / y
	}
	if !fits {
		return Value{}, ErrBeyond
	}
	return OfInt(result), nil
}
