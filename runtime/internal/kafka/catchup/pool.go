package catchup

import "sync"

// Pool bounds the readers of all clusters of a process. Safe for concurrent use.
type Pool struct {
	places int
	opened func(delta int)

	mu    sync.Mutex
	open  int
	freed chan struct{} // closed and replaced when a place becomes free
}

// NewPool makes a pool of some places (limits.catchUpReaders). opened hears of every reader that
// starts (+1) and ends (-1); it may be nil.
func NewPool(places int, opened func(delta int)) *Pool {
	if opened == nil {
		opened = func(int) {}
	}
	return &Pool{places: places, opened: opened, freed: make(chan struct{})}
}

// acquire takes a place, or gives a channel that is closed when one may be free.
func (p *Pool) acquire() (<-chan struct{}, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open >= p.places {
		return p.freed, false
	}
	p.open++
	p.opened(1)
	return nil, true
}

func (p *Pool) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
	p.opened(-1)
	close(p.freed)
	p.freed = make(chan struct{})
}
