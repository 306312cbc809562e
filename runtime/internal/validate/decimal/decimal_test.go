package decimal_test

import (
	"math/big"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/validate/decimal"
)

var numbers = []string{
	"0", "-0", "0.0", "0e9", "1", "-1", "1.0", "10e-1", "1e1", "10", "0.1", "1e-1", "-0.10", "99", "100", "100.5",
	"1005e-1", "9007199254740993", "9007199254740992", "9223372036854775807", "9223372036854775808",
	"-9223372036854775807", "123456789012345678901234567890", "1e30", "0.30", "0.7", "3",
}

func rat(t *testing.T, text string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return r
}

// TestExact holds comparing, keys and whether a number is an integer against math/big.
func TestExact(t *testing.T) {
	for _, a := range numbers {
		x := decimal.Parse([]byte(a))
		if got, want := x.Integral(), rat(t, a).IsInt(); got != want {
			t.Errorf("%s is an integer: got %v", a, got)
		}
		for _, b := range numbers {
			y := decimal.Parse([]byte(b))
			want := rat(t, a).Cmp(rat(t, b))
			if got := x.Compare(y); got != want {
				t.Errorf("%s to %s: got %d, want %d", a, b, got, want)
			}
			if same := string(x.AppendKey(nil)) == string(y.AppendKey(nil)); same != (want == 0) {
				t.Errorf("%s and %s have the same key: got %v", a, b, same)
			}
		}
	}
}

func TestMultiple(t *testing.T) {
	for _, divisor := range []string{"1", "3", "0.1", "0.01", "25e-2", "1e3", "9007199254740992", "1234567890123456789"} {
		m, err := decimal.NewMultiple(divisor)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range numbers {
			want := new(big.Rat).Quo(rat(t, n), rat(t, divisor)).IsInt()
			if got := m.Divides(decimal.Parse([]byte(n))); got != want {
				t.Errorf("%s is a multiple of %s: got %v", n, divisor, got)
			}
		}
	}
	for text, want := range map[string]string{
		"0": "is not greater than 0", "-2": "is not greater than 0", "12345678901234567891234": "has more than 19 digits",
	} {
		if _, err := decimal.NewMultiple(text); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestInt64(t *testing.T) {
	for text, want := range map[string]bool{
		"0": true, "-12": true, "9223372036854775807": true, "9223372036854775808": false, "1.0": false, "1e2": false,
	} {
		if n, ok := decimal.Int64([]byte(text)); ok != want || ok && rat(t, text).Cmp(new(big.Rat).SetInt64(n)) != 0 {
			t.Errorf("%s: got %d, %v", text, n, ok)
		}
	}
}

func TestShort(t *testing.T) {
	for text, want := range map[string]bool{"1e1000": false, "1e999": true, "1e-1000": true, "1e-1001": true, "1e-1002": false} {
		if got := decimal.Short([]byte(text)); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}
