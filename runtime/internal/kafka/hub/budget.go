package hub

import (
	"sync"
	"sync/atomic"
)

// Budget bounds the bytes that all hubs of a process hold (limits.processBytes). When it is
// exceeded the largest feed gives up its oldest records. Safe for concurrent use.
//
// Lock order: Budget.mu, then feed.mu.
type Budget struct {
	limit   int64
	evicted func(nodes int)
	used    atomic.Int64

	mu    sync.Mutex
	feeds map[*feed]struct{}
}

// NewBudget makes a budget of limit bytes; 0 is no limit. evicted hears of the runs of records that
// feeds drop to stay within a limit, under their locks; it may be nil.
func NewBudget(limit int64, evicted func(nodes int)) *Budget {
	if evicted == nil {
		evicted = func(int) {}
	}
	return &Budget{limit: limit, evicted: evicted, feeds: map[*feed]struct{}{}}
}

// Used is the number of bytes held now.
func (b *Budget) Used() int64 { return b.used.Load() }

func (b *Budget) add(delta int64) {
	b.used.Add(delta)
}

func (b *Budget) enter(f *feed) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.feeds[f] = struct{}{}
}

// leave forgets a feed and what it holds.
func (b *Budget) leave(f *feed) {
	b.mu.Lock()
	delete(b.feeds, f)
	b.mu.Unlock()
	f.clear()
}

// enforce evicts until the budget holds, or no feed has anything left but its newest node.
func (b *Budget) enforce() {
	if b.limit == 0 || b.used.Load() <= b.limit {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	spent := map[*feed]bool{}
	for b.used.Load() > b.limit {
		var largest *feed
		for f := range b.feeds {
			if !spent[f] && (largest == nil || f.bytes.Load() > largest.bytes.Load()) {
				largest = f
			}
		}
		if largest == nil {
			return
		}
		spent[largest] = !largest.evictOne()
	}
}
