package websocket

import (
	"context"
	"sync"
	"time"
)

// pings finds out whether the client is still there. The goroutine of the socket owns it.
type pings struct {
	ticker *time.Ticker
	failed chan struct{} // closed when a ping had no answer
	send   func()        // sends a ping, unless one is on its way
	stop   func()
}

// newPings makes the pings of a socket; they wait for their answers in running.
func newPings(ctx context.Context, s *socket, running *sync.WaitGroup) *pings {
	ctx, cancel := context.WithCancel(ctx)
	p := &pings{ticker: time.NewTicker(s.pingEvery), failed: make(chan struct{})}
	waiting := make(chan struct{}, 1) // holds the one ping that is on its way
	p.send = func() {
		select {
		case waiting <- struct{}{}:
		default:
			return
		}
		running.Go(func() {
			if s.ping(ctx) {
				<-waiting
				return
			}
			close(p.failed) // waiting stays full: there is no other ping
		})
	}
	p.stop = func() {
		p.ticker.Stop()
		cancel()
	}
	return p
}

// ping reports whether the client answered.
func (s *socket) ping(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, s.pongWithin)
	defer cancel()
	if err := s.conn.Ping(ctx); err != nil {
		s.lost(err)
		return false
	}
	return true
}
