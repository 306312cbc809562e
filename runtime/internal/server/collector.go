package server

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

const (
	// goDefault is GOGC where nobody sets it: a heap grows to twice its size before it is
	// collected.
	goDefault = 100
	// mostHeadroom is how much a heap may at least grow, where there is memory for it. A gateway
	// whose clients read what is written right now keeps a few MiB, and would collect them a
	// hundred times a second: a fifth of all CPU time of an http-get.
	mostHeadroom = 16 << 20
	// memoryShare of the process's memory is the most that the headroom takes.
	memoryShare = 16
	// leastMarked keeps the percentage sane before the first collection: the runtime's own
	// smallest heap.
	leastMarked = 4 << 20
)

// collector keeps GOGC such that a small heap may grow by its headroom between two collections,
// and a large one as it does by default. It looks after each collection.
type collector struct {
	headroom uint64

	mu      sync.Mutex
	percent int
	stopped bool
}

// EaseCollector makes collections of a small heap rare. memory is what the process may use, in
// bytes. It does nothing where GOGC or the program has set another percentage, and nothing more
// once the program does. restore ends it. The setting is one of the process.
func EaseCollector(memory int64) (restore func()) {
	if read("/gc/gogc:percent") != goDefault {
		return func() {}
	}
	c := &collector{headroom: uint64(min(mostHeadroom, max(memory, 0)/memoryShare)), percent: goDefault}
	c.adjust()
	return c.stop
}

// sentinel is collected by the next collection. Its pointer keeps it out of blocks of several
// small objects, which live as long as the last of them.
type sentinel struct{ _ *byte }

func (c *collector) adjust() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped = c.stopped || c.overruled(); c.stopped {
		return
	}
	if percent := c.wanted(); percent*8 < c.percent*7 || percent*7 > c.percent*8 || percent == goDefault {
		c.set(percent)
	}
	runtime.AddCleanup(&sentinel{}, (*collector).adjust, c)
}

// overruled reports whether somebody else has changed the percentage.
func (c *collector) overruled() bool {
	return read("/gc/gogc:percent") != uint64(c.percent)
}

// wanted is the percentage that gives the headroom: the runtime takes it of everything that it
// marks.
func (c *collector) wanted() int {
	marked := max(read("/gc/heap/live:bytes")+read("/gc/scan/stack:bytes")+read("/gc/scan/globals:bytes"), leastMarked)
	return max(goDefault, int(100*c.headroom/marked)) // at most 400
}

// set changes the percentage, which stops the world for a moment.
func (c *collector) set(percent int) {
	if percent != c.percent {
		debug.SetGCPercent(percent)
		c.percent = percent
	}
}

func (c *collector) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopped && !c.overruled() {
		c.set(goDefault)
	}
	c.stopped = true
}

// read reads one figure of the Go runtime.
func read(name string) uint64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
