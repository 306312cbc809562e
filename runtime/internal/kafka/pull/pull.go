// Package pull reads a consumer group for http-get: one request reads on from the group's
// committed offsets and commits what it delivered, without joining the group (a simple consumer).
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
	source  *catchup.Source
	turns   turns
}

// New makes the pulls of a cluster. They share one client, which is made for the first and
// closed 60 s after the last.
func New(c *cluster.Cluster, cfg Config) *Pulls {
	cfg = cfg.withDefaults()
	return &Pulls{
		cluster: c, turns: turns{groups: make(map[string]*turn)},
		source: catchup.NewSource(c, catchup.NewPool(cfg.Readers, nil), catchup.Config{
			FetchBytes: cfg.FetchBytes, TopicRefresh: cfg.TopicRefresh,
		}),
	}
}

// Open implements qos.Source for http-get at levels with a group. It waits for its turn in the
// group, Reading.Wait at most; a pull whose turn does not come is a stream without records.
func (p *Pulls) Open(ctx context.Context, r qos.Reading) (qos.Stream, error) {
	if err := p.cluster.Refusing(); err != nil {
		return nil, err
	}
	release, ok, err := p.turns.take(ctx, r.Group, r.Wait)
	if err != nil {
		return nil, cluster.Classify(op, err)
	}
	if !ok {
		return idle{}, nil
	}
	s, err := p.open(ctx, r)
	if err != nil {
		release()
		return nil, err
	}
	s.release = release
	return s, nil
}

func (p *Pulls) open(ctx context.Context, r qos.Reading) (*Stream, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	var topics map[string]*cluster.Topic
	var commits cluster.Commits
	group, asking := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		topics, err = p.cluster.Offsets(asking, r.Topics...)
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
	at, err := start(r, topics, commits)
	if err != nil {
		return nil, err
	}
	reader, _, err := p.source.Open(at) //nolint:contextcheck // the reader ends with the stream, not with the request
	if err != nil {
		return nil, err
	}
	if reader == nil {
		return nil, &core.Error{Code: core.CodeTooManyClients, Op: op, RetryAfter: 1}
	}
	s := &Stream{pulls: p, group: r.Group, reader: reader, commits: commits, frontier: at, transform: r.Transform}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return s, nil
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
		Detail: "the consumer group has live members",
	}
}

// start is where the pull begins: at the committed offsets. A partition without one that is
// higher than every partition with one was created later and begins at 0; any other begins by
// autoOffsetReset. A committed offset that the log does not have (any more) is the oldest.
func start(r qos.Reading, topics map[string]*cluster.Topic, commits cluster.Commits) (cursor.Position, error) {
	var named []cursor.Topic
	for _, name := range slices.Compact(slices.Sorted(slices.Values(r.Topics))) {
		t := topics[name]
		if t == nil {
			if r.CheckTopic {
				return cursor.Position{}, cluster.MissingTopic(op, name)
			}
			t = &cluster.Topic{}
		}
		named = append(named, cursor.Topic{Name: name, ID: t.ID, Partitions: len(t.Partitions)})
	}
	at := cursor.Position{Layout: cursor.NewLayout(named)}
	for _, t := range at.Layout.Topics() {
		next, err := startTopic(r.Reset, t.Name, topics[t.Name], commits)
		if err != nil {
			return cursor.Position{}, err
		}
		at.Next = append(at.Next, next...)
	}
	return at, nil
}

func startTopic(reset qos.Reset, name string, t *cluster.Topic, commits cluster.Commits) ([]int64, error) {
	if t == nil {
		return nil, nil
	}
	highest := -1
	for id := range t.Partitions {
		if _, ok := commits.At(name, int32(id)); ok {
			highest = id
		}
	}
	next := make([]int64, len(t.Partitions))
	for id, p := range t.Partitions {
		offset, ok := commits.At(name, int32(id))
		switch {
		case ok && offset >= p.Start && offset <= p.End:
			next[id] = offset
		case ok && reset == qos.NoReset:
			return nil, core.NewError(core.CodeNoInitialOffset, "the committed offset is not in the log and autoOffsetReset is none")
		case ok, highest >= 0 && id > highest, reset == qos.Earliest:
			next[id] = p.Start
		case reset == qos.NoReset:
			return nil, core.NewError(core.CodeNoInitialOffset, "the group has no committed offset and autoOffsetReset is none")
		default:
			next[id] = p.Stable
		}
	}
	return next, nil
}

// Close ends the readers and refuses new ones.
func (p *Pulls) Close(ctx context.Context) error { return p.source.Close(ctx) }
