package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, written as a number or with B, KiB, MiB or GiB.
type Size int64

// The units of sizes.
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
	GiB Size = 1 << 30
)

// units from large to small; the empty one is bytes.
var units = []struct {
	suffix string
	size   Size
}{{"GiB", GiB}, {"MiB", MiB}, {"KiB", KiB}, {"B", 1}, {"", 1}}

// ParseSize reads "512", "16KiB", "1.5 MiB".
func ParseSize(text string) (Size, error) {
	for _, u := range units {
		number, ok := strings.CutSuffix(text, u.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		bytes := math.Round(n * float64(u.size))
		if err != nil || !(bytes >= 0 && bytes < math.MaxInt64) {
			break
		}
		return Size(bytes), nil
	}
	return 0, fmt.Errorf("%q is not a size such as 512, 16KiB or 1MiB", text)
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
	for _, u := range units {
		if s >= u.size && s%u.size == 0 && u.size > 1 {
			return strconv.FormatInt(int64(s/u.size), 10) + u.suffix
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// Share is a number of bytes, or a percentage of the memory limit.
type Share struct {
	Bytes   Size
	Percent int // 1 to 100; 0: Bytes counts
}

// Of gives the number of bytes for a memory limit.
func (s Share) Of(limit int64) int64 {
	if s.Percent == 0 {
		return int64(s.Bytes)
	}
	return limit / 100 * int64(s.Percent)
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Share) UnmarshalText(text []byte) error {
	number, percent := strings.CutSuffix(string(text), "%")
	if !percent {
		size, err := ParseSize(number)
		*s = Share{Bytes: size}
		return err
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > 100 {
		return fmt.Errorf("%q is not a percentage from 1%% to 100%%", text)
	}
	*s = Share{Percent: n}
	return nil
}

// String writes the share as it is written in the configuration.
func (s Share) String() string {
	if s.Percent > 0 {
		return strconv.Itoa(s.Percent) + "%"
	}
	return s.Bytes.String()
}
