// Package member reads Kafka as a consumer group. There is one group member for each group and
// process; the connections of the group share it.
//
// Each partition that the member is assigned is bound to one connection, so that order holds.
// Records wait in the partition's queue until its connection polls them, and are kept until that
// connection settles them: when the partition passes to another connection, what was not settled
// is delivered again, from memory, and nothing else is. Committed is the frontier of settled
// records; at at-most-once it is committed before the records are handed out.
package member

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

const (
	// openTimeout bounds what Open waits for Kafka.
	openTimeout = 10 * time.Second
	// leaveTimeout bounds the end of a connection whose request was over before it began.
	leaveTimeout = 5 * time.Second
	opJoin       = "join group"
)

// Config is the consume section of the gateway's configuration.
type Config struct {
	SessionTimeout time.Duration // a member that is silent for so long is dead; default 10s
	CommitInterval time.Duration // default 1s
	TopicRefresh   time.Duration // how soon new topics and partitions are seen; default 2s
	BytesPerStream int           // records that wait for one connection; default 256 KiB
	Unreachable    time.Duration // how long Kafka may be away before streams fail; default 10s
	// ServerSide lets brokers assign partitions (KIP-848). SessionTimeout is then a broker's.
	ServerSide bool

	quickFor time.Duration // see hurry; tests make it longer
}

func (c Config) withDefaults() Config {
	if c.SessionTimeout == 0 {
		c.SessionTimeout = 10 * time.Second
	}
	if c.CommitInterval == 0 {
		c.CommitInterval = time.Second
	}
	if c.TopicRefresh == 0 {
		c.TopicRefresh = 2 * time.Second
	}
	if c.BytesPerStream == 0 {
		c.BytesPerStream = 256 << 10
	}
	if c.quickFor == 0 {
		c.quickFor = quickFor
	}
	if c.Unreachable == 0 {
		c.Unreachable = 10 * time.Second
	}
	return c
}

// Groups are the group members of this process on one cluster. Safe for concurrent use.
type Groups struct {
	cluster *cluster.Cluster
	catalog *cluster.Catalog
	cfg     Config
	limit   *Limit
	log     *slog.Logger

	stop    context.Context //nolint:containedctx // ends with the owner, which Close does
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu       sync.Mutex
	members  map[string]*member   // that connections may join
	alive    map[*member]struct{} // that have a client
	watching bool                 // the goroutine of watchTopics runs
	closed   bool
}

// New makes an empty set. The limit is shared by the sets of all clusters.
func New(c *cluster.Cluster, cfg Config, limit *Limit, log *slog.Logger) *Groups {
	cfg = cfg.withDefaults()
	g := &Groups{
		cluster: c, catalog: cluster.NewCatalog(c.AllTopics, cfg.TopicRefresh/2), cfg: cfg, limit: limit, log: log,
		members: make(map[string]*member), alive: make(map[*member]struct{}),
	}
	g.stop, g.cancel = context.WithCancel(context.Background())
	return g
}

// key names a member: connections that read other topics, or start elsewhere, need their own.
func key(r qos.Reading) string {
	if r.Pattern != nil {
		return r.Group + "\x00" + string(r.Reset) + "\x00pattern " + r.Pattern.Text // no topic has a blank in its name
	}
	topics := slices.Sorted(slices.Values(r.Topics))
	return r.Group + "\x00" + string(r.Reset) + "\x00" + strings.Join(topics, "\x00")
}

// Open implements qos.Source for levels with a group: it joins the connection to the group's
// member, which is made when there is none. The member may get its partitions later; what is
// produced from now on is delivered all the same. For http-get, whose time is short and counts
// from the assignment, Open waits for it.
func (g *Groups) Open(ctx context.Context, r qos.Reading) (qos.Stream, error) {
	if err := g.cluster.Refusing(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	resumes, err := g.resumption(ctx, r)
	if err != nil {
		return nil, err
	}
	s, err := g.attach(ctx, r, resumes)
	if err != nil || r.Kind != endpoint.HTTPGet {
		return s, err
	}
	select {
	case <-s.member.joined:
		return s, nil
	case <-ctx.Done():
		ended := core.Wrap(core.CodeReadTimeout, opJoin, ctx.Err())
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTimeout) // the broker keeps who does not leave
		defer cancel()
		return nil, errors.Join(ended, s.Close(ctx))
	}
}

// attach finds or makes the member of a connection.
func (g *Groups) attach(ctx context.Context, r qos.Reading, resumes resumption) (*Stream, error) {
	for {
		m, mine, err := g.member(r)
		if err != nil {
			return nil, err
		}
		if mine { // attached first: the assignment, when it comes, finds the connection there
			s := m.attach(r, resumes)
			if err := m.open(ctx, r, resumes); err != nil {
				s.cancel()
				return nil, err
			}
			return s, nil
		}
		select {
		case <-m.ready:
		case <-ctx.Done():
			return nil, core.Wrap(core.CodeReadTimeout, opJoin, ctx.Err())
		}
		if s := m.attach(r, resumes); s != nil {
			return s, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, core.Wrap(core.CodeReadTimeout, opJoin, err)
		}
	}
}

// member finds the member of a reading, or lists a new one that the caller must start.
func (g *Groups) member(r qos.Reading) (m *member, mine bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, false, core.NewError(core.CodeDraining, "")
	}
	k := key(r)
	if m := g.members[k]; m != nil {
		return m, false, nil
	}
	if err := g.limit.take(r.Owner); err != nil {
		return nil, false, err
	}
	m = newMember(g, k, r)
	g.members[k] = m
	if !g.watching {
		g.watching = true
		g.running.Go(g.watchTopics)
	}
	return m, true, nil
}

// remove takes a member off the list; the next connection of its group makes a new one.
func (g *Groups) remove(m *member) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.members[m.key] == m {
		delete(g.members, m.key)
	}
}

// started notes a member that has a client, until stopped.
func (g *Groups) started(m *member) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.alive[m] = struct{}{}
	g.running.Add(1)
}

// stopped reports whether the member was alive; it is not any more.
func (g *Groups) stopped(m *member) bool {
	g.remove(m)
	g.mu.Lock()
	defer g.mu.Unlock()
	_, ok := g.alive[m]
	delete(g.alive, m)
	return ok
}

func (g *Groups) list() []*member {
	g.mu.Lock()
	defer g.mu.Unlock()
	members := make([]*member, 0, len(g.alive))
	for m := range g.alive {
		members = append(members, m)
	}
	return members
}

// Stats are gauges of the members of a cluster.
type Stats struct {
	Members    int
	Streams    int
	Partitions int
	Bytes      int   // queued and not yet settled
	Lag        int64 // records between the settled frontiers and the ends of the logs
}

// Stats reads the gauges.
func (g *Groups) Stats() Stats {
	var s Stats
	for _, m := range g.list() {
		s.Members++
		m.addStats(&s)
	}
	return s
}

// Close ends all streams with CodeDraining, and leaves the groups. Streams are closed by their
// owners; Close waits for them until ctx ends.
func (g *Groups) Close(ctx context.Context) error {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.cancel()
	for _, m := range g.list() {
		m.fail(core.NewError(core.CodeDraining, ""))
	}
	done := make(chan struct{})
	go func() {
		g.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	var errs []error
	for _, m := range g.list() {
		errs = append(errs, fmt.Errorf("group %q was not left: %w", m.reading.Group, ctx.Err()))
		_ = m.shutdown(ctx) // it has nothing new to say
	}
	<-done
	return errors.Join(errs...)
}
