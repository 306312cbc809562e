package client

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNacks: some records are nacked up to the limit, some once, twice or three times, most never.
func TestNacks(t *testing.T) {
	times := map[int]int{}
	for i := range 1600 {
		n := 1
		for n <= 5 && nacks(fmt.Sprintf("r-%d", i), n) {
			n++
		}
		times[n-1]++
	}
	for n, most := range map[int]int{0: 1400, 1: 200, 2: 200, 3: 200, 5: 200} {
		if got := times[n]; got < 50 || got > most {
			t.Errorf("nacked %d times: %d of 1600 records", n, got)
		}
	}
	if got := len(times); got != 5 {
		t.Error(cmp.Diff(map[int]int{}, times))
	}
}
