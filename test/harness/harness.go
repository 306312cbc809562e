// Package harness runs whole gateways inside tests: a broker on one side, clients on the other.
// Everything that a function starts ends with its test. Each wait is for an event, with Patience
// as its limit, so that a slow machine makes a test slow and nothing else.
package harness

import (
	"bytes"
	"sync"
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

// Log collects the log of a gateway. Safe for concurrent use.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is the log so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
