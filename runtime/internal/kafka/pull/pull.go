// Package pull reads a consumer group for http-get: one request reads on from the group's
// committed offsets and commits what it delivered, without joining the group (a simple consumer).
//
// At levels with ids a cursor says where to read on, whatever is committed, and the next request
// may acknowledge with its cursor what this one delivered.
//
// Nothing is kept between two requests but a connection: any replica can serve the next one.
// Requests of one group take turns in this process, so that two never deliver the same records;
// while the group has live members, who would, it is refused.
package pull

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/catchup"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

const (
	// openTimeout bounds what Open waits for Kafka, its turn not counted.
	openTimeout = 10 * time.Second
	op          = "pull"
)

// Config says how pulls read.
type Config struct {
	Readers      int           // pulls at the same time; default 1000
	FetchBytes   int32         // of one answer of a broker; default 256 KiB
	TopicRefresh time.Duration // how soon new partitions are seen; default 2s
}

func (c Config) withDefaults() Config {
	if c.Readers == 0 {
		c.Readers = 1000
	}
	if c.FetchBytes == 0 {
		c.FetchBytes = 256 << 10
	}
	if c.TopicRefresh == 0 {
		c.TopicRefresh = 2 * time.Second
	}
	return c
}

// Pulls serves one cluster. Safe for concurrent use.
type Pulls struct {
	cluster *cluster.Cluster
	catalog *cluster.Catalog
	source  *catchup.Source
	turns   turns
}

// New makes the pulls of a cluster. They share one client, which is made for the first and
// closed 60 s after the last.
func New(c *cluster.Cluster, cfg Config) *Pulls {
	cfg = cfg.withDefaults()
	catalog := cluster.NewCatalog(c.AllTopics, cfg.TopicRefresh/2)
	return &Pulls{
		cluster: c, catalog: catalog, turns: turns{groups: make(map[string]*turn)},
		source: catchup.NewSource(c, catchup.NewPool(cfg.Readers, nil), catchup.Config{
			FetchBytes: cfg.FetchBytes, TopicRefresh: cfg.TopicRefresh, Catalog: catalog,
		}),
	}
}

// Open implements qos.Source for http-get at levels with a group. It waits for its turn in the
// group, Reading.Wait at most; a pull whose turn does not come is a stream without records.
func (p *Pulls) Open(ctx context.Context, r qos.Reading) (qos.Stream, error) {
	if err := p.cluster.Refusing(); err != nil {
		return nil, err
	}
	from, err := given(r)
	if err != nil {
		return nil, err
	}
	release, ok, err := p.turns.take(ctx, r.Group, r.Wait)
	if err != nil {
		return nil, cluster.Classify(op, err)
	}
	if !ok {
		return idle{from}, nil
	}
	s, err := p.open(ctx, r, from)
	if err != nil {
		release()
		return nil, err
	}
	s.release = release
	return s, nil
}

func (p *Pulls) open(ctx context.Context, r qos.Reading, from cursor.Cursor) (*Stream, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	var found subject
	var commits cluster.Commits
	group, asking := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		found, err = p.subject(asking, r)
		return err
	})
	group.Go(func() (err error) {
		commits, err = p.cluster.Committed(asking, r.Group)
		return err
	})
	group.Go(func() error { return p.free(asking, r.Group) })
	if err := group.Wait(); err != nil {
		return nil, err
	}
	at, err := start(r, found, commits, from)
	if err != nil {
		return nil, err
	}
	s := &Stream{pulls: p, reading: r, commits: commits, frontier: at, given: at, transform: r.Transform}
	if r.AckCursor { // what the cursor acknowledges is committed before reading on
		if err := s.commit(ctx); err != nil {
			return nil, err
		}
	}
	reader, _, err := p.source.Open(at, found.match) //nolint:contextcheck // the reader ends with the stream, not with the request
	if err != nil {
		return nil, err
	}
	if reader == nil {
		return nil, &core.Error{Code: core.CodeTooManyClients, Op: op, RetryAfter: 1}
	}
	s.reader = reader
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return s, nil
}

// subject lists what a reading reads, as it is now.
func (p *Pulls) subject(ctx context.Context, r qos.Reading) (subject, error) {
	s := subject{names: slices.Compact(slices.Sorted(slices.Values(r.Topics)))}
	if r.Pattern != nil {
		all, err := p.catalog.List(ctx, 0)
		if err != nil {
			return s, err
		}
		s.match, s.number, s.names = r.Pattern.Match, all.Number, all.Names(r.Pattern.Match)
	}
	var err error
	s.topics, err = p.cluster.SettledOffsets(ctx, s.names...)
	return s, err
}

// free reports a group with live members.
func (p *Pulls) free(ctx context.Context, group string) error {
	members, err := p.cluster.Members(ctx, group)
	if err != nil {
		return err
	}
	if members > 0 {
		return inUse(fmt.Errorf("group has %d live members", members))
	}
	return nil
}

func inUse(err error) error {
	return &core.Error{
		Code: core.CodeGroupInUse, Op: op, RetryAfter: 1, Err: err,
		Detail: "the consumer group has live members: close its streams before a pull",
	}
}

// Close ends the readers and refuses new ones.
func (p *Pulls) Close(ctx context.Context) error { return p.source.Close(ctx) }
