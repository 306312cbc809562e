// Package harness runs whole gateways inside tests: a broker on one side, clients on the other.
// Everything that a function starts ends with its test. Each wait is for an event, with Patience
// as its limit, so that a slow machine makes a test slow and nothing else.
package harness

import (
	"testing"
	"time"
)

// Patience is the limit of every wait: 30 seconds. What comes later counts as never.
const Patience = 30 * time.Second

// pause is the time between two looks at a condition.
const pause = 10 * time.Millisecond

// Eventually waits until a condition holds; what names it for the failure. The test's own
// goroutine calls it.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(Patience); !holds(); time.Sleep(pause) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}
