package post

import (
	"sync"

	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
)

// waiter waits for one delivery. Waiters are used again, with their memory. There is no timer:
// the sink keeps produce.timeout and answers every record.
type waiter struct {
	delivery entrypoints.Delivery
	done     chan struct{}
	answer   []byte
}

var waiters = sync.Pool{New: func() any { return &waiter{done: make(chan struct{}, 1)} }}

// Done implements entrypoints.Owner.
func (w *waiter) Done() { w.done <- struct{}{} }
