package cluster

import "context"

// ask runs a request and waits for it, but not longer than ctx: the library looks at the context
// of a request only once the connection stands, and a broker that accepts and then says nothing
// holds it for requestOverhead. What is left running ends then, or with the cluster.
func ask[T any](ctx context.Context, c *Cluster, request func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	var none T
	done := make(chan answer, 1)
	if !c.enter() {
		return none, errClosed()
	}
	go func() {
		defer c.asking.Done()
		value, err := request()
		done <- answer{value, err}
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

// enter counts a request in, unless the cluster is closed.
func (c *Cluster) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.asking.Add(1)
	return true
}
