package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Slice is what one contestant did in one slice of time.
type Slice struct {
	Done    int // requests, records or messages, whatever the scenario counts
	Failed  int // answers of another status, messages that did not come
	Elapsed time.Duration
	Latency *Histogram
}

// Loop is a set of connections that each send the same request again as soon as the answer is in.
type Loop struct {
	request []byte
	status  int // the status of a good answer
	units   int // what one answer counts for
	conns   []*Conn
}

// NewLoop opens the connections.
func NewLoop(address string, connections int, request []byte, status, units int) (*Loop, error) {
	l := &Loop{request: request, status: status, units: units}
	for range connections {
		c, err := Dial(address)
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
		l.conns = append(l.conns, c)
	}
	return l, nil
}

// Run keeps every connection busy for a time. A slice ends when the last answer is in; its length
// is measured, not assumed. A broken connection ends the run with an error.
func (l *Loop) Run(_ context.Context, length time.Duration) (Slice, error) {
	var (
		done, failed atomic.Int64
		running      sync.WaitGroup
		errs         = make([]error, len(l.conns))
		latency      Histogram
	)
	began := time.Now()
	end := began.Add(length)
	for i, c := range l.conns {
		running.Go(func() {
			for now := time.Now(); now.Before(end); {
				status, err := c.Do(l.request)
				if err != nil {
					errs[i] = fmt.Errorf("connection %d: %w", i, err)
					return
				}
				after := time.Now()
				if status == l.status {
					done.Add(1)
				} else {
					failed.Add(1)
				}
				latency.Add(after.Sub(now))
				now = after
			}
		})
	}
	running.Wait()
	return Slice{
		Done: int(done.Load()) * l.units, Failed: int(failed.Load()) * l.units,
		Elapsed: time.Since(began), Latency: &latency,
	}, errors.Join(errs...)
}

// Close closes the connections.
func (l *Loop) Close() error {
	var errs []error
	for _, c := range l.conns {
		errs = append(errs, c.Close())
	}
	l.conns = nil
	return errors.Join(errs...)
}
