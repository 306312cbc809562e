package config

import "testing"

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{
		"0": 0, "512": 512, "512B": 512, "16KiB": 16 * KiB, "1 MiB": MiB, "1.5MiB": 1536 * KiB, "2GiB": 2 * GiB,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("%q: got %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "MiB", "-1", "1MB", "1e30GiB", "NaN", "InfKiB", "0x"} {
		_, err := ParseSize(text)
		if want := `"` + text + `" is not a size such as 512, 16KiB or 1MiB`; err == nil || err.Error() != want {
			t.Errorf("%q: got %v", text, err)
		}
	}
	for size, want := range map[Size]string{0: "0", 512: "512", 16 * KiB: "16KiB", 1536 * KiB: "1536KiB", 3 * GiB: "3GiB"} {
		if size.String() != want {
			t.Errorf("got %s, want %s", size, want)
		}
	}
}

func TestShare(t *testing.T) {
	for text, want := range map[string]int64{"75%": 750, "100%": 1000, "1KiB": 1024, "5": 5} {
		var s Share
		if err := s.UnmarshalText([]byte(text)); err != nil || s.Of(1000) != want || s.String() != text {
			t.Errorf("%q: got %d (%s), %v, want %d", text, s.Of(1000), s, err, want)
		}
	}
	for text, want := range map[string]string{
		"0%": `"0%" is not a percentage from 1% to 100%`, "101%": `"101%" is not a percentage from 1% to 100%`,
		"x": `"x" is not a size such as 512, 16KiB or 1MiB`,
	} {
		var s Share
		if err := s.UnmarshalText([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
