//go:build !race

package validate_test

import "testing"

// Under the race detector sync.Pool forgets what it was given at random, so that allocations say
// nothing there.

func TestValidMessageAllocatesNothing(t *testing.T) {
	v := compile(t, order())
	for _, m := range messages {
		body := []byte(m.text)
		if n := testing.AllocsPerRun(100, func() { v.Check(body) }); n > 0 {
			t.Errorf("%s: %v allocations", m.name, n)
		}
	}
}

func TestHeadersAllocateNothing(t *testing.T) {
	v := compile(t, headerSchema())
	h := requests[1].headers
	if n := testing.AllocsPerRun(100, func() { v.CheckHeaders(h) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
