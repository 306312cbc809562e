package hub

import (
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/cursor"
)

// feed is the ring of one choice of topics: nodes in the order of delivery, numbered from the first one
// ever. Its subscribers hold a number; a closed channel wakes all of them.
type feed struct {
	choice
	perTopic int64 // bytes
	budget   *Budget

	// Under Hub.mu.
	names  []string // of the topics it has now, sorted
	number uint64   // of the listing that a pattern chose them from
	users  int
	idle   time.Time // when the last user left

	bytes  atomic.Int64
	listed atomic.Pointer[listing] // the newest one that a stream asked for

	mu    sync.Mutex
	limit int64 // bytes
	nodes []*node
	first uint64          // number of nodes[0]
	tail  cursor.Position // after the newest node
	wake  chan struct{}   // closed and replaced when there is something new
	fault error           // Kafka is away: for those who have read everything; passes
	err   error           // final
}

func newFeed(c choice, l *listing, perTopic int64, tail cursor.Position, budget *Budget) *feed {
	f := &feed{
		choice: c, names: l.names, number: l.chosen(), perTopic: perTopic, budget: budget,
		tail: tail, wake: make(chan struct{}),
	}
	f.limit = f.room(len(l.names))
	budget.enter(f)
	return f
}

// reading is what a feed has at a number.
type reading struct {
	node *node           // nil: nothing, or gone
	gone bool            // evicted: read on from elsewhere
	wake <-chan struct{} // closed when there is more
	err  error
}

func (f *feed) read(number uint64) reading {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch end := f.first + uint64(len(f.nodes)); {
	case number < f.first:
		return reading{gone: true}
	case number < end:
		return reading{node: f.nodes[number-f.first]}
	case f.err != nil:
		return reading{err: f.err}
	case f.fault != nil:
		return reading{err: f.fault}
	}
	return reading{wake: f.wake}
}

// append adds nodes; tail is the position after them, which may be past the last record.
func (f *feed) append(nodes []*node, tail cursor.Position) {
	var added int64
	for _, n := range nodes {
		added += n.size
	}
	f.grow(added)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tail = tail
	if len(nodes) == 0 {
		return
	}
	f.nodes = append(f.nodes, nodes...)
	for f.bytes.Load() > f.limit && len(f.nodes) > 1 {
		f.evict()
	}
	f.wakeAll()
}

// room is the limit of a feed with a number of topics.
func (f *feed) room(topics int) int64 { return f.perTopic * int64(max(topics, 1)) }

// turn goes on with other topics. With behind, the hub has read of one of them already: who follows
// the feed must read it from its beginning elsewhere, and joins again.
func (f *feed) turn(tail cursor.Position, topics int, behind bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tail, f.limit = tail, f.room(topics)
	if !behind {
		return
	}
	f.clearLocked()
	f.first++
	f.wakeAll()
}

// grow counts bytes that the feed holds.
func (f *feed) grow(delta int64) {
	f.bytes.Add(delta)
	f.budget.add(delta)
}

// evict drops the oldest node. Its number stays taken, so that a subscriber sees the loss.
func (f *feed) evict() {
	f.shed()
	f.budget.evicted(1)
}

func (f *feed) shed() {
	n := f.nodes[0]
	f.nodes[0] = nil
	f.nodes = f.nodes[1:]
	f.first++
	f.grow(-n.drop())
}

// evictOne drops the oldest node for the budget; the newest one stays.
func (f *feed) evictOne() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.nodes) < 2 {
		return false
	}
	f.evict()
	return true
}

// clear drops every node. Who has not read them all must read on from elsewhere.
func (f *feed) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clearLocked()
}

func (f *feed) clearLocked() {
	for len(f.nodes) > 0 {
		f.shed()
	}
}

// restart begins anew at a position that is not a continuation: a topic was made again.
func (f *feed) restart(tail cursor.Position) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clearLocked()
	f.tail = tail
	f.wakeAll()
}

// disturb tells those who have read everything that Kafka is away (nil: back again).
func (f *feed) disturb(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = err
	f.wakeAll()
}

// heard takes a listing as a sign that Kafka is back, which refresh may not have seen yet.
func (f *feed) heard(l *listing) {
	f.listed.Store(l)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = nil
}

// fail ends the streams of the feed once they have read everything.
func (f *feed) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
	f.wakeAll()
}

func (f *feed) wakeAll() {
	close(f.wake)
	f.wake = make(chan struct{})
}

// join finds the node from which a reader at a position can follow the feed without a gap. in
// reports whether the reader gets all of it, so that nothing must be filtered.
func (f *feed) join(at cursor.Position) (number uint64, in, ok bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return 0, false, false, f.err
	}
	if !at.Matches(f.tail) {
		return 0, false, false, nil
	}
	end := f.first + uint64(len(f.nodes))
	if at.Reaches(f.tail) {
		return end, follows(f.tail, at), true, nil
	}
	// The positions before the nodes only rise, so the last one within reach is found by halving.
	beyond := sort.Search(len(f.nodes), func(i int) bool { return !at.Reaches(f.nodes[i].track.From()) })
	if beyond == 0 {
		return 0, false, false, nil
	}
	start := f.nodes[beyond-1].track.From()
	return f.first + uint64(beyond-1), follows(start, at), true, nil
}

// follows reports whether nothing that is read from a position on is to be left out for a reader at
// another one: neither what is before it, nor topics that are gone for it.
func follows(start, at cursor.Position) bool { return start.Reaches(at) && at.Names(start) }

// span is the stretch that the ring covers; ok is false when the feed is not well.
func (f *feed) span() (from, to cursor.Position, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	from = f.tail
	if len(f.nodes) > 0 {
		from = f.nodes[0].track.From()
	}
	return from, f.tail, f.err == nil && f.fault == nil
}

// endAt is the position after the newest node, if number is the one that follows it.
func (f *feed) endAt(number uint64) (cursor.Position, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tail, number == f.first+uint64(len(f.nodes))
}

// end is the position after the newest node.
func (f *feed) end() cursor.Position {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tail
}
