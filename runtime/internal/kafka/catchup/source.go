// Package catchup reads topics from exact positions for one stream at a time: from a cursor that
// the hub no longer holds, or from the beginning. It fetches by single requests and not with a
// consumer: a request gives back exactly the next offset, over control records, aborted
// transactions and compaction, never moves a position silently, and holds one bounded answer.
//
// Flow: Source.Open takes a place in the process-wide Pool and starts one goroutine, which
// fetches one chunk and then waits until the next one is wanted. The stream takes chunks until the hub can
// take over at the position of the last one, then stops the reader.
package catchup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
)

// Cluster is what a reader needs of a Kafka cluster. Package cluster has it.
type Cluster interface {
	// NewClient makes a client; purpose becomes part of its client id.
	NewClient(purpose string, opts ...kgo.Opt) (*kgo.Client, error)
	// Offsets gives the topics that exist with the ends of all their partitions.
	Offsets(ctx context.Context, names ...string) (map[string]*cluster.Topic, error)
}

// Config says how the readers of one cluster read.
type Config struct {
	FetchBytes     int32         // of one answer; the first is a quarter, a larger batch still comes, alone. Default 512 KiB
	TopicRefresh   time.Duration // how soon new partitions are seen. Default 2s
	RequestTimeout time.Duration // of one request. Default 5s
	Unreachable    time.Duration // how long Kafka may be away before the reader fails. Default 10s
	Idle           time.Duration // the client is closed after so long without a reader. Default 60s
	// Catalog lists topics for the readers of patterns; without one there are none.
	Catalog *cluster.Catalog
}

func (c Config) withDefaults() Config {
	c.FetchBytes = cmp.Or(c.FetchBytes, 512<<10)
	c.TopicRefresh = cmp.Or(c.TopicRefresh, 2*time.Second)
	c.RequestTimeout = cmp.Or(c.RequestTimeout, 5*time.Second)
	c.Unreachable = cmp.Or(c.Unreachable, 10*time.Second)
	c.Idle = cmp.Or(c.Idle, time.Minute)
	return c
}

// Source opens readers on one cluster. They share one client, which is made for the first and
// closed after the last. Safe for concurrent use.
type Source struct {
	cluster Cluster
	cfg     Config
	pool    *Pool

	mu        sync.Mutex
	client    *kgo.Client // nil without readers
	directory *directory  // of the client
	readers   map[*Reader]struct{}
	idle      *time.Timer // closes the client; nil while there are readers
	closed    bool
	running   sync.WaitGroup
}

var errClosed = errors.New("closed")

// NewSource makes a source whose readers count against the pool.
func NewSource(c Cluster, pool *Pool, cfg Config) *Source {
	return &Source{cluster: c, cfg: cfg.withDefaults(), pool: pool, readers: map[*Reader]struct{}{}}
}

// Open starts a reader at a position, if the pool has a place; else it gives nil and a channel
// that is closed when a place may be free. It reads the topics of the position; with match, which
// chooses topics by their names, also those that appear later, and none that is gone. Errors are of
// the configuration, or CodeDraining.
func (s *Source) Open(at cursor.Position, match func(name string) bool) (*Reader, <-chan struct{}, error) {
	freed, ok := s.pool.acquire()
	if !ok {
		return nil, freed, nil
	}
	r, err := s.start(at, match)
	if err != nil {
		s.pool.release()
		return nil, nil, err
	}
	return r, nil, nil
}

func (s *Source) start(at cursor.Position, match func(name string) bool) (*Reader, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, core.Wrap(core.CodeDraining, "catch up", errClosed)
	}
	if s.idle != nil {
		s.idle.Stop()
		s.idle = nil
	}
	if s.client == nil {
		client, err := s.cluster.NewClient("catch-up")
		if err != nil {
			return nil, err
		}
		s.client, s.directory = client, &directory{topics: map[string]directoryEntry{}}
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &Reader{
		stop: cancel, ready: make(chan struct{}), wanted: make(chan struct{}, 1),
		fetcher: newFetcher(s.cluster, s.client, s.directory, s.cfg, at),
	}
	r.fetcher.match = match
	s.readers[r] = struct{}{}
	s.running.Go(func() {
		r.run(ctx)
		cancel()
		s.ended(r)
	})
	return r, nil
}

// ended frees the place of a reader, and after a while the client.
func (s *Source) ended(r *Reader) {
	s.pool.release()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.readers, r)
	if len(s.readers) == 0 && !s.closed {
		s.idle = time.AfterFunc(s.cfg.Idle, s.rest)
	}
}

// rest closes the client when there has been no reader for a while.
func (s *Source) rest() {
	s.mu.Lock()
	if s.closed || len(s.readers) > 0 || s.client == nil {
		s.mu.Unlock()
		return
	}
	client := s.client
	s.client = nil
	s.running.Add(1)
	s.mu.Unlock()
	defer s.running.Done()
	client.Close()
}

// Close stops every reader and closes the client. It waits until ctx ends.
func (s *Source) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	for r := range s.readers {
		r.Stop()
	}
	if s.idle != nil {
		s.idle.Stop()
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.running.Wait()
		s.mu.Lock()
		client := s.client
		s.client = nil
		s.mu.Unlock()
		if client != nil {
			client.Close()
		}
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("catch-up readers still running: %w", context.Cause(ctx))
	}
}
