package entrypoints

import (
	"sync"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// itemOverhead is what a message in a pipeline costs beside its bytes.
const itemOverhead = 256

// Pipeline holds the messages of one client that wait for Kafka, and gives their outcomes back
// in the order in which they came. It is bounded in bytes: Reserve waits for room.
//
// One goroutine adds, one takes; deliveries become ready on any.
type Pipeline struct {
	limit int64

	mu         sync.Mutex
	room       sync.Cond
	used       int64
	head, tail *Item
	closed     bool // no more is added

	ready chan struct{}
}

// Item is one message in a pipeline.
type Item struct {
	Record   core.Record
	Delivery Delivery
	Ref      []byte // the client's name for the message, as JSON; may be empty
	Bytes    int    // of the payload that was sent
	Refused  error  // why the message was not sent; nil when it was

	pipeline *Pipeline
	size     int64
	done     bool
	next     *Item
}

// NewPipeline makes a pipeline that holds about limit bytes of messages, at least one message.
func NewPipeline(limit int64) *Pipeline {
	p := &Pipeline{limit: limit, ready: make(chan struct{}, 1)}
	p.room.L = &p.mu
	return p
}

// Add puts a message of some bytes in line, once there is room for it. It is false after Close.
// Each item that was added must become Done.
func (p *Pipeline) Add(item *Item, bytes int) bool {
	item.pipeline, item.size = p, int64(bytes)+itemOverhead
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.used > 0 && p.used+item.size > p.limit && !p.closed {
		p.room.Wait()
	}
	if p.closed {
		return false
	}
	p.used += item.size
	if p.tail == nil {
		p.head = item
	} else {
		p.tail.next = item
	}
	p.tail = item
	return true
}

// Done says that the outcome of an item is known.
func (i *Item) Done() {
	p := i.pipeline
	p.mu.Lock()
	i.done = true
	first := p.head == i
	p.mu.Unlock()
	if first {
		p.signal()
	}
}

// Close ends the line: waiting and later Adds are false, what is in the line can be taken.
func (p *Pipeline) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.room.Broadcast()
	p.signal()
}

// Ready has a value when Take may have something new to give.
func (p *Pipeline) Ready() <-chan struct{} { return p.ready }

// Take gives the first item, once its outcome is known, and takes it out of the line. Its room
// stays taken until Free. over is true when the pipeline is closed and empty.
func (p *Pipeline) Take() (item *Item, over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	item = p.head
	switch {
	case item == nil:
		return nil, p.closed
	case !item.done:
		return nil, false
	}
	p.head = item.next
	if p.head == nil {
		p.tail = nil
	}
	item.next = nil
	return item, false
}

// Err is why an item that is done was refused or not published; nil when it was published.
func (i *Item) Err() error {
	if i.Refused != nil {
		return i.Refused
	}
	return i.Delivery.Err()
}

// Size is the room that an item takes.
func (i *Item) Size() int64 { return i.size }

// Free gives room back: the answers of items were handed to the client.
func (p *Pipeline) Free(size int64) {
	p.mu.Lock()
	p.used -= size
	p.mu.Unlock()
	p.room.Signal()
}

func (p *Pipeline) signal() {
	select {
	case p.ready <- struct{}{}:
	default:
	}
}
