package decimal

import (
	"errors"
	"math/bits"
	"strconv"
)

// Multiple is the rule multipleOf: the divisor is digits × 10^exp.
type Multiple struct {
	digits uint64
	exp    int64
}

// NewMultiple takes the divisor as a JSON number that was found well formed; it must be greater than
// 0 and have at most 19 digits. The error ends a sentence that begins with the divisor.
func NewMultiple(text string) (*Multiple, error) {
	d := Parse([]byte(text))
	if d.neg || d.digits() == 0 {
		return nil, errors.New("is not greater than 0")
	}
	n, err := strconv.ParseUint(string(d.head)+string(d.tail), 10, 64)
	if err != nil {
		return nil, errors.New("has more than 19 digits")
	}
	return &Multiple{digits: n, exp: d.exp - int64(d.digits())}, nil
}

// Divides reports whether a number is a multiple. A number with digits below the divisor's last
// one cannot be; any other is taken modulo the divisor digit by digit.
func (m *Multiple) Divides(d Value) bool {
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
