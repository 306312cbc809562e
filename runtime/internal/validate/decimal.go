package validate

import (
	"errors"
	"math"
	"math/bits"
	"strconv"
)

// decimal is the exact value of a JSON number: 0.d1d2d3… × 10^exp, by sign. Its digits stay
// where they are in the text; the first and the last of them are not 0, and zero has none.
type decimal struct {
	neg        bool
	head, tail []byte // the digits before and after the point
	exp        int64
}

// parseDecimal reads a number that was found well formed. Exponents beyond 18 digits count as
// 10^18.
func parseDecimal(text []byte) decimal {
	var d decimal
	if text[0] == '-' {
		d.neg, text = true, text[1:]
	}
	i := digits(text, 0)
	d.head = text[:i]
	if i < len(text) && text[i] == '.' {
		end := digits(text, i+1)
		d.tail, i = text[i+1:end], end
	}
	if i < len(text) {
		d.exp = parseExponent(text[i+1:])
	}
	if d.head[0] == '0' {
		d.head = nil
	}
	d.exp += int64(len(d.head))
	if len(d.head) == 0 {
		for len(d.tail) > 0 && d.tail[0] == '0' {
			d.tail = d.tail[1:]
			d.exp--
		}
	}
	d.tail = trimZeros(d.tail)
	if len(d.tail) == 0 {
		d.head = trimZeros(d.head)
	}
	if d.digits() == 0 {
		return decimal{}
	}
	return d
}

func trimZeros(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}

func parseExponent(text []byte) int64 {
	neg := text[0] == '-'
	if neg || text[0] == '+' {
		text = text[1:]
	}
	for len(text) > 1 && text[0] == '0' {
		text = text[1:]
	}
	e := int64(1e18)
	if len(text) <= 18 {
		e = 0
		for _, d := range text {
			e = e*10 + int64(d-'0')
		}
	}
	if neg {
		return -e
	}
	return e
}

func (d decimal) digits() int { return len(d.head) + len(d.tail) }

func (d decimal) digit(i int) byte {
	if i < len(d.head) {
		return d.head[i]
	}
	return d.tail[i-len(d.head)]
}

// integral reports whether there is nothing behind the point.
func (d decimal) integral() bool { return d.exp >= int64(d.digits()) }

// compare is -1, 0 or 1.
func (d decimal) compare(o decimal) int {
	sign := 1
	if d.neg {
		sign = -1
	}
	switch {
	case d.neg != o.neg:
		return sign // zero counts as positive
	case d.digits() == 0 || o.digits() == 0:
		return sign * compareInts(d.digits(), o.digits())
	case d.exp != o.exp:
		return sign * compareInts(d.exp, o.exp)
	}
	for i := range min(d.digits(), o.digits()) {
		if a, b := d.digit(i), o.digit(i); a != b {
			return sign * compareInts(a, b)
		}
	}
	return sign * compareInts(d.digits(), o.digits())
}

func compareInts[T int | int64 | byte](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// smallInt reads an integer that has neither fraction nor exponent and fits into 64 bits.
func smallInt(text []byte) (int64, bool) {
	first := 0
	if text[0] == '-' {
		first = 1
	}
	if len(text)-first > 19 {
		return 0, false
	}
	var n uint64 // 19 digits fit
	for _, d := range text[first:] {
		if d-'0' > 9 {
			return 0, false
		}
		n = n*10 + uint64(d-'0')
	}
	if n > math.MaxInt64 {
		return 0, false
	}
	if first == 1 {
		return -int64(n), true
	}
	return int64(n), true
}

// multiple is the rule multipleOf: the divisor is digits × 10^exp.
type multiple struct {
	digits uint64
	exp    int64
	small  int64 // the divisor, when it is an integer of 64 bits; else 0
	detail string
}

func newMultiple(text string) (*multiple, error) {
	d := parseDecimal([]byte(text))
	if d.neg || d.digits() == 0 {
		return nil, errors.New("is not greater than 0")
	}
	n, err := strconv.ParseUint(string(d.head)+string(d.tail), 10, 64)
	if err != nil {
		return nil, errors.New("has more than 19 digits")
	}
	m := &multiple{digits: n, exp: d.exp - int64(d.digits()), detail: "must be a multiple of " + text}
	m.small, _ = smallInt([]byte(text))
	return m, nil
}

// divides reports whether a number is a multiple. A number with digits below the divisor's last
// one cannot be; any other is taken modulo the divisor digit by digit.
func (m *multiple) divides(d decimal) bool {
	if d.digits() == 0 {
		return true
	}
	zeros := d.exp - int64(d.digits()) - m.exp
	if zeros < 0 {
		return false
	}
	var rest uint64
	for i := range d.digits() {
		rest = mulMod(rest, 10, m.digits)
		rest = addMod(rest, uint64(d.digit(i)-'0')%m.digits, m.digits)
	}
	power, base := 1%m.digits, 10%m.digits
	for ; zeros > 0; zeros >>= 1 {
		if zeros&1 == 1 {
			power = mulMod(power, base, m.digits)
		}
		base = mulMod(base, base, m.digits)
	}
	return mulMod(rest, power, m.digits) == 0
}

func mulMod(a, b, m uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return bits.Rem64(high, low, m)
}

func addMod(a, b, m uint64) uint64 {
	sum, carry := bits.Add64(a, b, 0)
	return bits.Rem64(carry, sum, m)
}
