package kafka

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

// The life of a station.
const (
	idleAfter  = 60 * time.Second // one that nobody holds is closed after this
	spareAfter = 5 * time.Second  // a dynamic one makes room for another after this, if room is needed
	sweepEvery = time.Second      // how often idle ones are looked at
	// closeGrace is what closing a station may take beside the outcome of its records.
	closeGrace = 5 * time.Second
)

// pool keeps one station for each target, while somebody holds it and a while longer. Those that
// requests choose, the dynamic ones, are bounded: at most `most` of them live, and others are
// being closed, as many at most before a new one is made. Safe for concurrent use.
//
// Stations are made outside the lock, since that reads files. Lock order: pool.mu, then the lock
// of a cluster's login. No I/O under a lock.
type pool struct {
	make   func(t cluster.Target, requested bool) (*station, error)
	most   int
	idle   time.Duration
	spare  time.Duration
	sweeps time.Duration
	grace  time.Duration // for closing an idle station

	refused atomic.Int64 // holds for which there was no room

	stop    context.Context //nolint:containedctx // ends with the owner, which close does
	cancel  context.CancelFunc
	running sync.WaitGroup // stations that are being closed

	mu       sync.Mutex
	places   map[string]*place // by the target's key
	dynamic  int
	closing  map[*station]struct{}
	lost     map[string]int64 // by endpoint: records that stations lost which are no more
	idling   list.List        // of *place, without holders; the longest idle first
	sweeper  *time.Timer
	refusals refusals
	closed   bool
}

// place is where a station stands in the pool. station and err are set before ready is closed; the
// rest is under pool.mu.
type place struct {
	key     string
	ready   chan struct{}
	station *station
	err     error

	dynamic bool // every holder was a request that chose it
	holders int
	idle    *list.Element // nil while somebody holds it
	since   time.Time     // when it became idle
}

func newPool(most int, grace time.Duration, build func(cluster.Target, bool) (*station, error)) *pool {
	p := &pool{
		make: build, most: most, idle: idleAfter, spare: spareAfter, sweeps: sweepEvery, grace: grace,
		places: make(map[string]*place), closing: make(map[*station]struct{}), lost: make(map[string]int64),
	}
	p.stop, p.cancel = context.WithCancel(context.Background())
	return p
}

// hold gives the station of a target, made when it is new, once for all who ask meanwhile. A
// failure is not kept: the next hold tries again.
func (p *pool) hold(t cluster.Target, requested bool) (*place, error) {
	at, mine, err := p.enter(t.Key(), requested)
	if err != nil {
		return nil, err
	}
	if mine {
		p.build(at, t, requested)
	}
	<-at.ready
	if at.err != nil {
		return nil, at.err
	}
	return at, nil
}

// enter finds the place of a key and counts a holder; mine says that it is new and that the caller
// builds its station.
func (p *pool) enter(key string, requested bool) (at *place, mine bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, false, core.NewError(core.CodeDraining, "")
	}
	if at = p.places[key]; at == nil {
		if requested {
			if err := p.admit(key); err != nil {
				return nil, false, err
			}
			p.dynamic++
		}
		at = &place{key: key, ready: make(chan struct{}), dynamic: requested, holders: 1}
		p.places[key] = at
		return at, true, nil
	}
	at.holders++
	if at.idle != nil {
		p.idling.Remove(at.idle)
		at.idle = nil
	}
	if at.dynamic && !requested { // the configuration has it too
		at.dynamic = false
		p.dynamic--
	}
	return at, false, nil
}

func (p *pool) build(at *place, t cluster.Target, requested bool) {
	defer close(at.ready)
	at.station, at.err = p.make(t, requested)
	p.mu.Lock()
	late := p.closed && at.err == nil
	if at.err != nil {
		delete(p.places, at.key)
		if at.dynamic {
			p.dynamic--
		}
	}
	p.mu.Unlock()
	if late {
		at.err = errors.Join(core.NewError(core.CodeDraining, ""), at.station.cluster.Close(p.stop))
	}
}

// leave is called once for each hold.
func (p *pool) leave(at *place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at.holders--
	switch {
	case at.holders > 0 || p.closed:
	case at.dynamic && at.station.spent():
		p.evict(at)
	default:
		at.since, at.idle = time.Now(), p.idling.PushBack(at)
		if p.sweeper == nil {
			p.sweeper = time.AfterFunc(p.sweeps, p.sweep)
		} else if p.idling.Len() == 1 {
			p.sweeper.Reset(p.sweeps)
		}
	}
}

// snapshot is what a pool holds at one moment.
type snapshot struct {
	fixed, dynamic, closing []*station
	lost                    map[string]int64
}

// look gives the stations that are ready.
func (p *pool) look() snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := snapshot{closing: slices.Collect(maps.Keys(p.closing)), lost: maps.Clone(p.lost)}
	for _, at := range p.places {
		select {
		case <-at.ready:
		default:
			continue
		}
		switch {
		case at.err != nil:
		case at.dynamic:
			now.dynamic = append(now.dynamic, at.station)
		default:
			now.fixed = append(now.fixed, at.station)
		}
	}
	return now
}

// close closes every station, all at once, and waits until ctx ends at most.
func (p *pool) close(ctx context.Context) error {
	p.mu.Lock()
	p.closed = true
	places := p.places
	p.places = nil
	if p.sweeper != nil {
		p.sweeper.Stop()
	}
	p.mu.Unlock()
	defer p.running.Wait()
	defer p.cancel()
	errs := make(chan error, len(places)+1)
	for _, at := range places {
		go func() { errs <- at.close(ctx) }()
	}
	go func() { errs <- p.closings(ctx) }()
	var all []error
	for range len(places) + 1 {
		all = append(all, <-errs)
	}
	return errors.Join(all...)
}

// close waits for a station that is being made.
func (at *place) close(ctx context.Context) error {
	select {
	case <-at.ready:
	case <-ctx.Done():
		return fmt.Errorf("files of a client configuration are still being read: %w", context.Cause(ctx))
	}
	if at.err != nil {
		return nil // it told its holders
	}
	return at.station.cluster.Close(ctx)
}

// closings waits for the stations that idled.
func (p *pool) closings(ctx context.Context) error {
	if len(p.look().closing) == 0 {
		return nil
	}
	done := make(chan struct{})
	go func() { // ends at the latest when close cancels them
		p.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("idle clients are still closing: %w", context.Cause(ctx))
	}
}
