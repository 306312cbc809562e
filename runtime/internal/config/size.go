package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, written as a number or with KiB, MiB or GiB.
type Size int64

// The units of sizes.
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
	GiB Size = 1 << 30
)

// ParseSize reads "512", "16KiB", "1 MiB".
func ParseSize(text string) (Size, error) {
	unit := Size(1)
	number := strings.TrimSpace(text)
	for _, u := range []struct {
		suffix string
		size   Size
	}{{"KiB", KiB}, {"MiB", MiB}, {"GiB", GiB}} {
		if rest, ok := strings.CutSuffix(number, u.suffix); ok {
			unit, number = u.size, strings.TrimSpace(rest)
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/int64(unit) {
		return 0, fmt.Errorf("%q is not a size such as 512, 16KiB or 1MiB", text)
	}
	return Size(n) * unit, nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(text []byte) error {
	size, err := ParseSize(string(text))
	if err != nil {
		return err
	}
	*s = size
	return nil
}

// String writes the size in the largest unit that divides it.
func (s Size) String() string {
	for _, u := range []struct {
		suffix string
		size   Size
	}{{"GiB", GiB}, {"MiB", MiB}, {"KiB", KiB}} {
		if s >= u.size && s%u.size == 0 {
			return strconv.FormatInt(int64(s/u.size), 10) + u.suffix
		}
	}
	return strconv.FormatInt(int64(s), 10)
}
