package rig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Clock is the wall clock of a broker. The monotonic clock, by which it waits, is left alone.
type Clock struct{ node *apache }

// FakeClock starts the broker again, with a wall clock of its own. Apache Kafka can have one: the
// embedded broker is a static program, which asks the system and no library for the time.
func (b *Broker) FakeClock(ctx context.Context) (*Clock, error) {
	a, ok := b.node.(*apache)
	if !ok {
		return nil, errors.New("the embedded broker has no clock of its own")
	}
	a.clock = filepath.Join(a.dir, "clock")
	c := &Clock{a}
	if err := c.Set(0); err != nil {
		return nil, err
	}
	return c, a.start(ctx)
}

// Set sets how far the clock is ahead of that of the machine, in seconds; negative: behind. It shows
// within a second.
func (c *Clock) Set(ahead time.Duration) error {
	text := fmt.Sprintf("%+d\n", int64(ahead.Seconds()))
	part := c.node.clock + ".part" // the broker may read the file at any time, and shall see it whole
	if err := os.WriteFile(part, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(part, c.node.clock)
}

// Close starts the broker again with the clock of the machine.
func (c *Clock) Close(ctx context.Context) error {
	c.node.clock = ""
	return c.node.start(ctx)
}
