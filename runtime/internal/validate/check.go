package validate

import (
	"cmp"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/scan"
	"github.com/penstock-dev/penstock/runtime/internal/validate/decimal"
)

// value reads a value and applies a schema to it.
func (c *checker) value(n *node, i int) int {
	if n == nil {
		return c.Skip(i)
	}
	if n.combined {
		return c.combination(n, i)
	}
	return c.plain(n, i)
}

// plain applies every rule but alternatives.
func (c *checker) plain(n *node, i int) int {
	if n.never {
		if !c.refuse("is not allowed") {
			return scan.Failed
		}
		return c.Skip(i)
	}
	var end int
	switch kind(c.Buf, i) {
	case endpoint.String:
		end = c.textValue(n, i)
	case endpoint.Object:
		end = c.objectValue(n, i)
	case endpoint.Array:
		end = c.arrayValue(n, i)
	case endpoint.Boolean:
		end = c.word(n, i, endpoint.Boolean, "a boolean")
	case endpoint.Null:
		end = c.word(n, i, endpoint.Null, "null")
	default:
		return c.numberValue(n, i)
	}
	if end != scan.Failed && n.enum != nil && !c.oneOfValues(n.enum, i, end) {
		return scan.Failed
	}
	return end
}

// mismatch refuses a value of a wrong type; no other rule is then applied to it.
func (c *checker) mismatch(n *node, i int, found string) int {
	if c.quiet || !c.refuse(n.wrong+found) {
		return scan.Failed
	}
	return c.Skip(i)
}

func (c *checker) word(n *node, i int, t endpoint.Types, name string) int {
	if n.types != 0 && n.types&t == 0 {
		return c.mismatch(n, i, name)
	}
	return c.Literal(i)
}

func (c *checker) textValue(n *node, i int) int {
	if n.types != 0 && n.types&endpoint.String == 0 {
		return c.mismatch(n, i, "a string")
	}
	end, length, escaped := c.Text(i)
	r := n.texts
	if end == scan.Failed || r == nil {
		return end
	}
	if length < r.min && !c.refuse(r.short) || r.max >= 0 && length > r.max && !c.refuse(r.long) {
		return scan.Failed
	}
	if r.pattern == nil && r.format == nil {
		return end
	}
	text := c.Buf[i+1 : end-1]
	if escaped {
		text = c.Decoded(i)
	}
	bad := r.pattern != nil && !r.pattern.Match(text)
	misshapen := r.format != nil && !r.format(text)
	if bad && !c.refuse(r.mismatch) || misshapen && !c.refuse(r.shape) {
		return scan.Failed
	}
	return end
}

func (c *checker) numberValue(n *node, i int) int {
	end, whole := c.Number(i)
	if end == scan.Failed {
		return scan.Failed
	}
	text := c.Buf[i:end]
	if want := n.types; want != 0 && want&(endpoint.Integer|endpoint.Number) != endpoint.Integer|endpoint.Number {
		t, name := endpoint.Number, "a number with a fraction"
		if whole == end || decimal.Parse(text).Integral() {
			t, name = endpoint.Integer, "an integer"
		}
		if want&t == 0 {
			if want&(endpoint.Integer|endpoint.Number) == 0 {
				name = "a number"
			}
			return c.mismatch(n, i, name)
		}
	}
	if n.numbers != nil && !c.inLimits(n.numbers, text, whole-i) {
		return scan.Failed
	}
	if n.enum != nil && !c.oneOfValues(n.enum, i, end) {
		return scan.Failed
	}
	return end
}

// inLimits is false when the run ends. whole is where the digits before the point end, negative
// for a number with an exponent.
func (c *checker) inLimits(r *numberRules, text []byte, whole int) bool {
	if r.short && !decimal.Short(text) {
		return c.refuse("has too many digits to be checked")
	}
	small, isSmall := int64(0), false
	if whole > 0 {
		small, isSmall = decimal.Int64(text[:whole])
	}
	for j := range r.limits {
		l := &r.limits[j]
		// A number lies on the same side of an integer as its digits before the point, unless
		// those are that integer.
		var order int
		if isSmall && l.isSmall && (small != l.small || whole == len(text)) {
			order = cmp.Compare(small, l.small)
		} else {
			order = decimal.Parse(text).Compare(l.value)
		}
		if l.upper {
			order = -order
		}
		if (order < 0 || order == 0 && l.open) && !c.refuse(l.detail) {
			return false
		}
	}
	return r.multiple == nil || c.isMultiple(r.multiple, text, small, isSmall && whole == len(text))
}

func (c *checker) isMultiple(m *multiple, text []byte, small int64, isSmall bool) bool {
	var ok bool
	if isSmall && m.small != 0 {
		ok = small%m.small == 0
	} else {
		ok = m.divisor.Divides(decimal.Parse(text))
	}
	return ok || c.refuse(m.detail)
}
