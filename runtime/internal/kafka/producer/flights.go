package producer

import (
	"sync"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// flights are the records without an answer, oldest first. All have the same time to live, so
// one sleeper on the oldest deadline serves them all and sending needs no timer.
type flights struct {
	wake chan struct{} // holds one signal
	done chan struct{} // closed by stop
	end  sync.Once

	mu         sync.Mutex
	head, tail *flight
	asleep     bool // the watcher waits for the first flight
	closed     bool
	topics     topics
}

func newFlights() *flights {
	return &flights{
		wake: make(chan struct{}, 1), done: make(chan struct{}),
		topics: topics{took: make(map[string]struct{}), barred: make(map[string]*bar)},
	}
}

// add lists a flight unless its topic is barred or the producer closed.
func (l *flights) add(f *flight) error {
	l.mu.Lock()
	if err := l.admit(f.record.Topic); err != nil {
		l.mu.Unlock()
		return err
	}
	f.prev, f.listed = l.tail, true
	if l.tail == nil {
		l.head = f
	} else {
		l.tail.next = f
	}
	l.tail = f
	wake := l.asleep
	l.asleep = false
	l.mu.Unlock()
	if wake {
		l.wake <- struct{}{} // never blocks: asleep is set once per received signal
	}
	return nil
}

// admit is called with the lock held.
func (l *flights) admit(topic string) error {
	if l.closed {
		return errClosed()
	}
	if len(l.topics.barred) > 0 {
		if b := l.topics.barred[topic]; b != nil {
			return b.err
		}
	}
	return nil
}

// finish takes a flight off the list and reports whether it was still there. It names the topic
// that is to be purged now, if any.
func (l *flights) finish(f *flight, err error) (first bool, stale string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	topic := f.record.Topic
	l.topics.learn(topic, err)
	first = l.remove(f)
	if len(l.topics.barred) == 0 {
		return first, ""
	}
	if b := l.topics.barred[topic]; b != nil && !b.purging && !l.flying(topic) {
		b.purging = true
		return first, topic
	}
	return first, ""
}

// flying reports whether a record of the topic waits for its answer. It walks the list, but only
// while a topic is barred.
func (l *flights) flying(topic string) bool {
	for f := l.head; f != nil; f = f.next {
		if f.record.Topic == topic {
			return true
		}
	}
	return false
}

func (l *flights) remove(f *flight) bool {
	if !f.listed {
		return false
	}
	if f.prev == nil {
		l.head = f.next
	} else {
		f.prev.next = f.next
	}
	if f.next == nil {
		l.tail = f.prev
	} else {
		f.next.prev = f.prev
	}
	f.prev, f.next, f.listed = nil, nil, false
	return true
}

// refuse ends the taking of flights.
func (l *flights) refuse() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
}

// stop ends the watcher, which first calls the outcome of every flight left unknown.
func (l *flights) stop() { l.end.Do(func() { close(l.done) }) }

// watch calls the outcome of flights unknown when their time has passed.
func (l *flights) watch() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var expired <-chan time.Time
		if next, ok := l.next(); ok {
			timer.Reset(time.Until(next))
			expired = timer.C
		}
		select {
		case <-expired:
			l.expire(time.Now())
		case <-l.wake:
		case <-l.done:
			l.expire(time.Time{})
			return
		}
	}
}

// next is the oldest deadline. Without one the watcher is woken by the next flight.
func (l *flights) next() (time.Time, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asleep = l.head == nil
	if l.asleep {
		return time.Time{}, false
	}
	return l.head.deadline, true
}

// expire ends the flights whose deadline is not after now; the zero time ends all.
func (l *flights) expire(now time.Time) {
	for {
		l.mu.Lock()
		f := l.head
		if f == nil || (!now.IsZero() && f.deadline.After(now)) {
			l.mu.Unlock()
			return
		}
		l.remove(f)
		l.mu.Unlock()
		f.done(core.Receipt{}, errUnknown())
	}
}
