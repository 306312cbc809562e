package post

import (
	"sync"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
)

// grace is how much longer than produce.timeout an answer is waited for: the writer keeps the
// deadline itself, and knows better what became of the record.
const grace = time.Second

// waiter waits for one delivery. Waiters are used again, with their memory.
type waiter struct {
	delivery entrypoints.Delivery
	done     chan struct{}
	timer    *time.Timer
	answer   []byte
}

var waiters = sync.Pool{New: func() any {
	w := &waiter{done: make(chan struct{}, 1), timer: time.NewTimer(time.Hour)}
	w.timer.Stop()
	return w
}}

// Done implements entrypoints.Owner.
func (w *waiter) Done() { w.done <- struct{}{} }

// wait waits until the delivery is ready. After an error of wait the waiter must not be used
// again: its delivery is still on the way.
func (w *waiter) wait(timeout time.Duration) error {
	w.timer.Reset(timeout + grace)
	select {
	case <-w.done:
		w.timer.Stop()
		return nil
	case <-w.timer.C:
		return core.NewError(core.CodeOutcomeUnknown, "")
	}
}
