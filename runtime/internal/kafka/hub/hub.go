// Package hub reads topics once and serves them to many streams: the level none.
//
// One client per cluster feeds rings of immutable nodes, one ring (feed) for each set of topics, or
// pattern, that somebody reads. A subscriber is a feed, a number in it and a position: it has no goroutine
// and causes no allocation per message. Whoever is not within a ring, because its cursor is older
// or because it is too slow, reads by package catchup until the ring reaches it.
//
// Data flow: poll (one goroutine) → deliver → feed.append → wake → stream.Poll.
// Lock order: Hub.mu, then Budget.mu, then feed.mu, then node.mu. No I/O under a lock.
// Only the poll goroutine changes what the client consumes, between two polls, so that no poll
// returns records of an assignment that is gone.
package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/catchup"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

// Cluster is what a hub needs of a Kafka cluster. Package cluster has it.
type Cluster interface {
	// NewClient makes a client; purpose becomes part of its client id.
	NewClient(purpose string, opts ...kgo.Opt) (*kgo.Client, error)
	// AllTopics gives all topics with their ids and number of partitions.
	AllTopics(ctx context.Context) (map[string]*cluster.Topic, error)
	// Topics gives the topics that exist with their ids and number of partitions.
	Topics(ctx context.Context, names ...string) (map[string]*cluster.Topic, error)
	// Offsets is Topics with the ends of all partitions.
	Offsets(ctx context.Context, names ...string) (map[string]*cluster.Topic, error)
	// Refusing gives the error for requests that would certainly fail now, nil for none.
	Refusing() error
}

// Config holds the limits of one hub. Zero values are the defaults.
type Config struct {
	BytesPerTopic  int64         // of a feed for each of its topics; default 16 MiB
	Topics         int           // of the hub, and feeds; default 1000
	NodeBytes      int64         // of records in one node, where there are more; default 256 KiB
	FetchBytes     int32         // of one answer of a broker; default 4 MiB
	TopicRefresh   time.Duration // how soon new topics and partitions are seen; default 2s
	RequestTimeout time.Duration // of one request to Kafka; default 5s
	Unreachable    time.Duration // how long Kafka may be away before streams fail; default 10s
	Idle           time.Duration // what nobody reads is given up after this; default 60s
}

func (c Config) withDefaults() Config {
	c.BytesPerTopic = cmp.Or(c.BytesPerTopic, 16<<20)
	c.Topics = cmp.Or(c.Topics, 1000)
	c.NodeBytes = cmp.Or(c.NodeBytes, 256<<10)
	c.FetchBytes = cmp.Or(c.FetchBytes, 4<<20)
	c.TopicRefresh = cmp.Or(c.TopicRefresh, 2*time.Second)
	c.RequestTimeout = cmp.Or(c.RequestTimeout, 5*time.Second)
	c.Unreachable = cmp.Or(c.Unreachable, 10*time.Second)
	c.Idle = cmp.Or(c.Idle, time.Minute)
	return c
}

// Hub opens streams of level none on one cluster. Safe for concurrent use.
type Hub struct {
	cluster Cluster
	cfg     Config
	budget  *Budget
	source  *catchup.Source
	catalog *cluster.Catalog
	lister  *lister

	mu      sync.Mutex
	closed  bool
	session *session // nil without feeds
	feeds   map[string]*feed
	topics  map[string]*topic
	running sync.WaitGroup
}

var errClosed = errors.New("hub closed")

// New makes a hub. budget and pool are those of the process.
func New(c Cluster, budget *Budget, pool *catchup.Pool, cfg Config) *Hub {
	cfg = cfg.withDefaults()
	catalog := cluster.NewCatalog(c.AllTopics, cfg.TopicRefresh/2)
	return &Hub{
		cluster: c, cfg: cfg, budget: budget, catalog: catalog, lister: newLister(c, catalog, cfg.RequestTimeout),
		source: catchup.NewSource(c, pool, catchup.Config{
			TopicRefresh: cfg.TopicRefresh, RequestTimeout: cfg.RequestTimeout,
			Unreachable: cfg.Unreachable, Idle: cfg.Idle, Catalog: catalog,
		}),
		feeds: map[string]*feed{}, topics: map[string]*topic{},
	}
}

// Close ends every stream with CodeDraining and frees the clients. It waits until ctx ends.
func (h *Hub) Close(ctx context.Context) error {
	h.mu.Lock()
	h.closed = true
	for _, f := range h.feeds {
		h.drop(f, core.Wrap(core.CodeDraining, "read", errClosed))
	}
	if h.session != nil {
		h.session.stop()
		h.session = nil
	}
	h.mu.Unlock()
	h.lister.close()
	err := h.source.Close(ctx)
	done := make(chan struct{})
	go func() {
		h.running.Wait()
		h.lister.wait()
		close(done)
	}()
	select {
	case <-done:
		return err
	case <-ctx.Done():
		return errors.Join(err, fmt.Errorf("hub still running: %w", context.Cause(ctx)))
	}
}

// use finds or makes the feed of a choice and counts its new user. The listing is the one that a
// new feed was made from, nil otherwise.
func (h *Hub) use(ctx context.Context, c choice) (*feed, *listing, error) {
	if f, err := h.find(c.key); f != nil || err != nil {
		return f, nil, err
	}
	l, err := h.lister.list(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, nil, core.Wrap(core.CodeDraining, "read", errClosed)
	}
	f := h.feeds[c.key]
	if f == nil {
		if f, err = h.open(c, l); err != nil { //nolint:contextcheck // a feed outlives the request that opens it
			return nil, nil, err
		}
	}
	f.users++
	return f, l, nil
}

func (h *Hub) find(key string) (*feed, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, core.Wrap(core.CodeDraining, "read", errClosed)
	}
	f := h.feeds[key]
	if f != nil {
		f.users++
	}
	return f, nil
}

// open makes a feed, and the client for the first one.
func (h *Hub) open(c choice, l *listing) (*feed, error) {
	if len(h.topics)+h.fresh(l.names) > h.cfg.Topics || len(h.feeds) >= h.cfg.Topics {
		return nil, h.tooMany()
	}
	if h.session == nil {
		if err := h.start(); err != nil {
			return nil, err
		}
	}
	h.take(l.names, l.topics, end)
	f := newFeed(c, l, h.cfg.BytesPerTopic, h.position(l.names, l.chosen()), h.budget)
	h.feeds[c.key] = f
	return f, nil
}

// fresh counts the topics that the hub does not have yet.
func (h *Hub) fresh(names []string) (n int) {
	for _, name := range names {
		if h.topics[name] == nil {
			n++
		}
	}
	return n
}

func (h *Hub) tooMany() error {
	return &core.Error{
		Code: core.CodeTooManyClients, Op: "read", RetryAfter: 1,
		Err: fmt.Errorf("more than %d topics or sets of topics", h.cfg.Topics),
	}
}

// leave is called once for each use.
func (h *Hub) leave(f *feed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f.users--
	if f.users > 0 {
		return
	}
	f.idle = time.Now()
	if h.feeds[f.key] != f {
		h.budget.leave(f)
	}
}

// reap gives up what nobody has read for a while; it reports whether nothing is left.
func (h *Hub) reap() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.feeds {
		if f.users == 0 && time.Since(f.idle) >= h.cfg.Idle {
			h.drop(f, core.Wrap(core.CodeInternal, "read", errClosed))
		}
	}
	return len(h.feeds) == 0
}

// drop takes a feed out of service; its subscribers see the error after what they can still read.
func (h *Hub) drop(f *feed, err error) {
	if h.feeds[f.key] != f {
		return
	}
	delete(h.feeds, f.key)
	f.fail(err)
	h.release(f.names)
	if f.users == 0 {
		h.budget.leave(f)
	}
}

// release gives topics up for one feed.
func (h *Hub) release(names []string) {
	var unused []string
	for _, name := range names {
		t := h.topics[name]
		if t.users--; t.users == 0 {
			delete(h.topics, name)
			unused = append(unused, name)
		}
	}
	if len(unused) > 0 {
		h.session.do(func(client *kgo.Client) { client.PurgeTopicsFromConsuming(unused...) })
	}
}
