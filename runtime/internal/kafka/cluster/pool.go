package cluster

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// idleAfter is how long a cluster that nobody holds keeps its connections.
const idleAfter = 60 * time.Second

// Pool keeps one cluster for each target. Safe for concurrent use.
type Pool struct {
	cfg  Config
	idle time.Duration

	mu      sync.Mutex
	entries map[string]*poolEntry
	closed  bool
}

type poolEntry struct {
	cluster *Cluster
	holders int
	idle    *time.Timer // running while holders is 0
}

// NewPool makes an empty pool. It has no goroutine of its own.
func NewPool(cfg Config) *Pool {
	return &Pool{cfg: cfg, idle: idleAfter, entries: make(map[string]*poolEntry)}
}

// Hold gives the cluster of a target, made when it is new. The cluster stays until release was
// called by every holder and 60 s have passed. Release may be called more than once.
func (p *Pool) Hold(t Target) (c *Cluster, release func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, nil, core.NewError(core.CodeDraining, "")
	}
	e := p.entries[t.Key()]
	if e == nil {
		made, err := New(t, p.cfg)
		if err != nil {
			return nil, nil, err
		}
		e = &poolEntry{cluster: made}
		p.entries[t.Key()] = e
	}
	if e.idle != nil {
		e.idle.Stop()
		e.idle = nil
	}
	e.holders++
	return e.cluster, sync.OnceFunc(func() { p.release(t.Key(), e) }), nil
}

func (p *Pool) release(key string, e *poolEntry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.holders--
	if e.holders == 0 && !p.closed {
		e.idle = time.AfterFunc(p.idle, func() { p.evict(key, e) })
	}
}

// evict closes a cluster that nobody came back for.
func (p *Pool) evict(key string, e *poolEntry) {
	p.mu.Lock()
	if p.closed || e.holders > 0 || p.entries[key] != e {
		p.mu.Unlock()
		return
	}
	delete(p.entries, key)
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), p.idle)
	defer cancel()
	if err := e.cluster.Close(ctx); err != nil {
		e.cluster.log.Warn("closing an idle cluster", "error", err)
	}
}

// Close closes every cluster, all at once, and waits until ctx ends at most.
func (p *Pool) Close(ctx context.Context) error {
	p.mu.Lock()
	p.closed = true
	entries := p.entries
	p.entries = nil
	for _, e := range entries {
		if e.idle != nil {
			e.idle.Stop()
		}
	}
	p.mu.Unlock()
	errs := make(chan error, len(entries))
	for _, e := range entries {
		go func() { errs <- e.cluster.Close(ctx) }()
	}
	var all []error
	for range entries {
		all = append(all, <-errs)
	}
	return errors.Join(all...)
}
