package document

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The plain scalars of the YAML 1.2 core schema (YAML 1.2.2 section 10.3.2).
var (
	coreInt   = regexp.MustCompile(`^[-+]?[0-9]+$`)
	coreOctal = regexp.MustCompile(`^0o[0-7]+$`)
	coreHex   = regexp.MustCompile(`^0x[0-9a-fA-F]+$`)
	coreFloat = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	coreNaN   = regexp.MustCompile(`^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
)

// scalar reads a scalar by the core schema. A message that is not empty says why the value
// has no place in JSON.
func scalar(y *yaml.Node) (kind Kind, text, message string) {
	plain := y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	if y.Style&yaml.TaggedStyle != 0 {
		return tagged(y)
	}
	if !plain {
		return String, y.Value, ""
	}
	return plainScalar(y.Value)
}

// plainScalar reads a scalar without quotes and tag.
func plainScalar(v string) (kind Kind, text, message string) {
	switch v {
	case "", "~", "null", "Null", "NULL":
		return Null, "", ""
	case "true", "True", "TRUE":
		return Bool, "true", ""
	case "false", "False", "FALSE":
		return Bool, "false", ""
	}
	switch {
	case coreInt.MatchString(v), coreFloat.MatchString(v):
		return Number, decimal(v), numberProblem(v)
	case coreOctal.MatchString(v), coreHex.MatchString(v):
		if message = numberProblem(v); message != "" {
			return Null, "", message
		}
		n, _ := new(big.Int).SetString(v, 0)
		return Number, n.String(), ""
	case coreNaN.MatchString(v):
		return Null, "", "JSON has no number " + v
	}
	return String, v, ""
}

// tagged reads a scalar with an explicit tag.
func tagged(y *yaml.Node) (kind Kind, text, message string) {
	want, known := map[string]Kind{
		"!!null": Null, "!!bool": Bool, "!!int": Number, "!!float": Number,
	}[y.Tag]
	switch {
	case y.Tag == "!!str":
		return String, y.Value, ""
	case !known:
		return Null, "", unknownTag
	}
	kind, text, message = plainScalar(y.Value)
	if message == "" && kind != want {
		message = "the value does not fit its tag " + y.Tag
	}
	return kind, text, message
}

// decimal writes a number of the core schema as JSON does: no plus, no leading zeros, digits
// on both sides of the point.
func decimal(v string) string {
	v, minus := strings.CutPrefix(strings.TrimPrefix(v, "+"), "-")
	exponent := ""
	if i := strings.IndexAny(v, "eE"); i >= 0 {
		v, exponent = v[:i], "e"+strings.TrimPrefix(v[i+1:], "+")
	}
	whole, fraction, _ := strings.Cut(v, ".")
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	if minus {
		whole = "-" + whole
	}
	return whole + fraction + exponent
}

const (
	maxDigits   = 400
	maxExponent = 400
)

// numberProblem says why a number is refused; "" when it is not. Numbers far beyond what
// programs keep would cost validators time and memory without end.
func numberProblem(text string) string {
	digits, exponent := text, ""
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		digits, exponent = text[:i], text[i+1:]
	}
	if e, err := strconv.Atoi(exponent); len(digits) > maxDigits || exponent != "" && (err != nil || e > maxExponent || e < -maxExponent) {
		return "a number out of range"
	}
	return ""
}
