// Package decimal compares and divides JSON numbers exactly, by their digits.
package decimal

import (
	"cmp"
	"encoding/binary"
	"math"
)

// Value is the exact value of a JSON number: 0.d1d2d3… × 10^exp, by sign. Its digits stay
// where they are in the text; the first and the last of them are not 0, and zero has none.
type Value struct {
	neg        bool
	head, tail []byte // the digits before and after the point
	exp        int64
}

// Parse reads a number that was found well formed. Exponents beyond 18 digits count as
// 10^18.
func Parse(text []byte) Value {
	var d Value
	if text[0] == '-' {
		d.neg, text = true, text[1:]
	}
	i := skipDigits(text, 0)
	d.head = text[:i]
	if i < len(text) && text[i] == '.' {
		end := skipDigits(text, i+1)
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
		return Value{}
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

func (d Value) digits() int { return len(d.head) + len(d.tail) }

func (d Value) digit(i int) byte {
	if i < len(d.head) {
		return d.head[i]
	}
	return d.tail[i-len(d.head)]
}

// Integral reports whether there is nothing behind the point.
func (d Value) Integral() bool { return d.exp >= int64(d.digits()) }

// Compare is -1, 0 or 1, as package cmp has it.
func (d Value) Compare(o Value) int {
	sign := 1
	if d.neg {
		sign = -1
	}
	switch {
	case d.neg != o.neg:
		return sign // zero counts as positive
	case d.digits() == 0 || o.digits() == 0:
		return sign * cmp.Compare(d.digits(), o.digits())
	case d.exp != o.exp:
		return sign * cmp.Compare(d.exp, o.exp)
	}
	for i := range min(d.digits(), o.digits()) {
		if a, b := d.digit(i), o.digit(i); a != b {
			return sign * cmp.Compare(a, b)
		}
	}
	return sign * cmp.Compare(d.digits(), o.digits())
}

// Int64 reads an integer that has neither fraction nor exponent and fits into 64 bits.
func Int64(text []byte) (int64, bool) {
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

// AppendKey appends a form that is equal for equal numbers and sorts them in no useful order.
func (d Value) AppendKey(dst []byte) []byte {
	sign := byte('+')
	if d.neg {
		sign = '-'
	}
	dst = append(dst, sign)
	dst = append(dst, d.head...)
	dst = append(dst, d.tail...)
	dst = append(dst, 'e')
	return binary.AppendVarint(dst, d.exp)
}

// Short reports whether a number has at most 1,000 digits and powers of ten.
func Short(text []byte) bool {
	e := Parse(text).exp
	return len(text) <= 1000 && -1000 <= e && e <= 1000
}

// skipDigits is the position after the digits from i on.
func skipDigits(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}
