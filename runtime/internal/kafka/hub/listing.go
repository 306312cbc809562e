package hub

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

// retryPause is the time between two tries to list offsets while a topic has no leader yet.
const retryPause = 100 * time.Millisecond

// listing says how topics were at one moment. A topic that does not exist is a nil entry.
type listing struct {
	number uint64 // rises with the time at which listings were asked for
	asked  time.Time
	names  []string // sorted
	topics map[string]*cluster.Topic
	all    *cluster.Listing // that a pattern chose the names from; nil: they were given
}

func newListing(number uint64, asked time.Time, names []string, found map[string]*cluster.Topic) *listing {
	l := &listing{number: number, asked: asked, names: names, topics: make(map[string]*cluster.Topic, len(names))}
	for _, name := range names {
		l.topics[name] = found[name]
	}
	return l
}

// spans are the offsets of the listing.
func (l *listing) spans() cursor.Spans {
	spans := make(cursor.Spans, len(l.topics))
	for name, t := range l.topics {
		spans[name] = nil
		if t == nil {
			continue
		}
		for _, p := range t.Partitions {
			spans[name] = append(spans[name], cursor.Span(p))
		}
	}
	return spans
}

// layout is the order of the partitions of the listing.
func (l *listing) layout() *cursor.Layout {
	topics := make([]cursor.Topic, 0, len(l.topics))
	for _, name := range l.names {
		topic := cursor.Topic{Name: name}
		if t := l.topics[name]; t != nil {
			topic.ID, topic.Partitions = t.ID, len(t.Partitions)
		}
		topics = append(topics, topic)
	}
	return cursor.NewListed(topics, l.chosen())
}

// chosen is the number of the listing that a pattern chose from; 0 for given topics.
func (l *listing) chosen() uint64 {
	if l.all == nil {
		return 0
	}
	return l.all.Number
}

// lister lists offsets for streams that are opened. Many streams share one request: whoever
// comes while a request is under way waits for the next one, so that no answer is older than
// its question.
type lister struct {
	cluster Cluster
	catalog *cluster.Catalog
	timeout time.Duration
	stopped chan struct{}
	stop    sync.Once
	running sync.WaitGroup

	mu     sync.Mutex
	asking map[string]*round // by choice: the request under way
	asked  map[string]*round // and the one after it
}

// round is one request, for all who wait for it.
type round struct {
	done    chan struct{}
	listing *listing
	err     error
}

func newLister(c Cluster, catalog *cluster.Catalog, timeout time.Duration) *lister {
	return &lister{
		cluster: c, catalog: catalog, timeout: timeout, stopped: make(chan struct{}),
		asking: map[string]*round{}, asked: map[string]*round{},
	}
}

// list gives offsets that are not older than the call. Errors are core.Errors.
func (l *lister) list(ctx context.Context, c choice) (*listing, error) {
	r, err := l.enter(c) //nolint:contextcheck // the answer is for others too
	if err != nil {
		return nil, err
	}
	select {
	case <-r.done:
		return r.listing, r.err
	case <-ctx.Done():
		return nil, core.Wrap(core.CodeReadTimeout, "list offsets", context.Cause(ctx))
	}
}

func (l *lister) enter(c choice) (*round, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.stopped:
		return nil, core.Wrap(core.CodeDraining, "list offsets", errClosed)
	default:
	}
	if l.asking[c.key] == nil {
		r := &round{done: make(chan struct{})}
		l.asking[c.key] = r
		l.running.Go(func() { l.run(c, r) })
		return r, nil
	}
	if l.asked[c.key] == nil {
		l.asked[c.key] = &round{done: make(chan struct{})}
	}
	return l.asked[c.key], nil
}

func (l *lister) run(c choice, r *round) {
	for r != nil {
		r.listing, r.err = l.request(c)
		close(r.done)
		l.mu.Lock()
		r = l.asked[c.key]
		delete(l.asked, c.key)
		if r == nil {
			delete(l.asking, c.key)
		} else {
			l.asking[c.key] = r
		}
		l.mu.Unlock()
	}
}

func (l *lister) request(c choice) (*listing, error) {
	if err := l.cluster.Refusing(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), l.timeout)
	defer cancel()
	go func() { // ends with the request
		select {
		case <-l.stopped:
			cancel()
		case <-ctx.Done():
		}
	}()
	for {
		listed, err := l.ask(ctx, c)
		if err == nil {
			return listed, nil
		}
		var answer *kerr.Error
		if !errors.As(err, &answer) || !answer.Retriable {
			return nil, err
		}
		select {
		case <-time.After(retryPause): // a new topic, or a leader that moves
		case <-ctx.Done():
			return nil, err
		}
	}
}

func (l *lister) ask(ctx context.Context, c choice) (*listing, error) {
	if c.match == nil {
		number, asked := l.catalog.NextNumber(), time.Now()
		found, err := l.cluster.Offsets(ctx, c.given...)
		if err != nil {
			return nil, err
		}
		return newListing(number, asked, c.given, found), nil
	}
	all, err := l.catalog.List(ctx, 0)
	if err != nil {
		return nil, err
	}
	names := all.Names(c.match)
	found, err := l.cluster.Offsets(ctx, names...)
	if err != nil {
		return nil, err
	}
	listed := newListing(all.Number, all.Asked, names, found)
	listed.all = all
	return listed, nil
}

func (l *lister) close() {
	l.stop.Do(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		close(l.stopped)
	})
}

func (l *lister) wait() { l.running.Wait() }
