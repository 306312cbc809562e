package scan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// Text reads a text whose opening quote is at i; length counts its code points.
//
// Eight bytes are looked at together until one needs care: a quote, a backslash, a control
// character or a byte beyond ASCII.
func (s *Scanner) Text(i int) (end, length int, escaped bool) {
	b := s.Buf
	i++
	first, surplus := i, 0 // surplus: bytes that are no code point of their own
	for {
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			quote, slash := w^(ones*'"'), w^(ones*'\\')
			care := (w | (w-ones*' ')&^w | (quote-ones)&^quote | (slash-ones)&^slash) & highs
			if care != 0 {
				i += bits.TrailingZeros64(care) >> 3
				break
			}
			i += 8
		}
		switch ch := Peek(b, i); {
		case ch == '"':
			return i + 1, i - first - surplus, escaped
		case ch == '\\':
			size := escape(b, i)
			if size == 0 {
				return s.malformed(i, "invalid escape in a text"), 0, false
			}
			i, surplus, escaped = i+size, surplus+size-1, true
		case i >= len(b):
			return s.malformed(i, "the text ends inside a string"), 0, false
		case ch < ' ':
			return s.malformed(i, "control character in a text"), 0, false
		case ch < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && size == 1 {
				return s.malformed(i, "text that is not UTF-8"), 0, false
			}
			i, surplus = i+size, surplus+size-1
		}
	}
}

// escape is the size of the escape at i, both halves of a surrogate pair together; 0: invalid.
func escape(b []byte, i int) int {
	switch Peek(b, i+1) {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		r, ok := hex4(b, i+2)
		if !ok {
			return 0
		}
		if utf16.IsSurrogate(r) && Peek(b, i+6) == '\\' && Peek(b, i+7) == 'u' {
			if low, ok := hex4(b, i+8); ok && utf16.DecodeRune(r, low) != utf8.RuneError {
				return 12
			}
		}
		return 6
	}
	return 0
}

func hex4(b []byte, i int) (rune, bool) {
	if i+4 > len(b) {
		return 0, false
	}
	var r rune
	for _, d := range b[i : i+4] {
		v, ok := hexDigit(d)
		if !ok {
			return 0, false
		}
		r = r<<4 | rune(v)
	}
	return r, true
}

func hexDigit(d byte) (byte, bool) {
	switch {
	case '0' <= d && d <= '9':
		return d - '0', true
	case 'a' <= d && d <= 'f':
		return d - 'a' + 10, true
	case 'A' <= d && d <= 'F':
		return d - 'A' + 10, true
	}
	return 0, false
}

// Decoded is the text whose opening quote is at i, with its escapes resolved. It is valid until
// the next call. The text was read before.
func (s *Scanner) Decoded(i int) []byte {
	end, _, escaped := s.Text(i)
	raw := s.Buf[i+1 : end-1]
	if !escaped {
		return raw
	}
	s.text = unescape(s.text[:0], raw)
	return s.text
}

// unescape appends a text that was found well formed.
func unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			dst = append(dst, raw[i])
			i++
			continue
		}
		size := escape(raw, i)
		switch kind := raw[i+1]; kind {
		case 'u':
			r, _ := hex4(raw, i+2)
			if size == 12 {
				low, _ := hex4(raw, i+8)
				r = utf16.DecodeRune(r, low)
			}
			dst = utf8.AppendRune(dst, r)
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		default:
			dst = append(dst, kind)
		}
		i += size
	}
	return dst
}
