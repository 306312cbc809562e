package catchup

import (
	"context"
	"sync"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

// The pauses of a reader that has nothing to do, and of one whose broker fails.
const (
	pauseAtEnd    = 50 * time.Millisecond
	pauseMinError = 50 * time.Millisecond
	pauseMaxError = time.Second
)

// Reader reads on from one position. Take and Stop are safe for concurrent use.
type Reader struct {
	stop   context.CancelFunc
	wanted chan struct{} // holds a token when the stream has nothing left to give

	mu    sync.Mutex
	chunk *cursor.Track
	err   error
	ready chan struct{} // closed as soon as there is a chunk or an error

	fetcher fetcher // of the goroutine alone
}

// Take gives the next records, or nil and a channel that is closed when there are some. Only a
// Take that gives nothing makes the reader fetch again, so that a stream holds one answer at most.
// A chunk may hold no record and only move the position. An error is final; the chunks before it
// come first.
func (r *Reader) Take() (*cursor.Track, <-chan struct{}, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if chunk := r.chunk; chunk != nil {
		r.chunk, r.ready = nil, make(chan struct{})
		return chunk, nil, nil
	}
	select {
	case r.wanted <- struct{}{}:
	default: // asked before
	}
	return nil, r.ready, r.err
}

// Stop ends the reader; its place is free as soon as the request in flight is given up.
func (r *Reader) Stop() { r.stop() }

func (r *Reader) run(ctx context.Context) {
	alive, pause := time.Now(), time.Duration(0)
	for {
		chunk, err := r.fetcher.fetch(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !retriable(err):
			r.fail(cluster.Classify("catch up", err))
			return
		case err != nil && time.Since(alive) > r.fetcher.cfg.Unreachable:
			r.fail(&core.Error{Code: core.CodeBrokerUnavailable, Op: "catch up", RetryAfter: 1, Err: err})
			return
		case err != nil:
			pause = min(max(2*pause, pauseMinError), pauseMaxError)
		default:
			alive, pause = time.Now(), pauseAtEnd
		}
		if chunk != nil {
			if !r.hand(ctx, chunk) {
				return
			}
			alive = time.Now() // a slow client is not a broker that is away
			continue
		}
		if !sleep(ctx, pause) {
			return
		}
	}
}

// hand offers a chunk and waits until the next is wanted; it reports false when the reader was stopped.
func (r *Reader) hand(ctx context.Context, chunk *cursor.Track) bool {
	r.mu.Lock()
	r.chunk = chunk
	close(r.ready)
	r.drain()
	r.mu.Unlock()
	select {
	case <-r.wanted:
		return true
	case <-ctx.Done():
		return false
	}
}

// drain forgets that somebody asked for what is there now.
func (r *Reader) drain() {
	select {
	case <-r.wanted:
	default:
	}
}

func (r *Reader) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
	close(r.ready)
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
