package member

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// member is one group member: a client of the library and the connections that share it.
//
// Lock order: Groups.mu is never held with member.mu. No request is made under member.mu.
type member struct {
	groups  *Groups
	key     string
	reading qos.Reading // of the first connection
	log     *slog.Logger
	ready   chan struct{} // closed when start is over

	client   *kgo.Client     // set before ready
	life     context.Context //nolint:containedctx // of the client; its end ends it without leaving the group
	cut      context.CancelFunc
	stop     context.Context //nolint:containedctx // ends the member's goroutines
	cancel   context.CancelFunc
	running  sync.WaitGroup
	commits  chan struct{} // holds one token: the right to commit
	changed  chan struct{} // holds a token when the topics changed
	protocol protocol      // of its client

	mu      sync.Mutex
	topics  []string                  // that it reads now, sorted
	chosen  uint64                    // number of the listing that a pattern chose them from
	listed  map[string]*cluster.Topic // as they were when the member started
	seen    map[string]*cluster.Topic // as they were when last asked for
	waiting []string                  // topics made again, to be subscribed to when their old partitions are given up
	parts   map[place]*partition
	kept    map[place]int64    // frontiers of partitions that went without their last commit
	anew    map[place]struct{} // partitions of a topic made again that went without the commit of its start
	order   []*partition       // sorted, those being given up left out
	streams []*Stream          // oldest first
	room    chan struct{}      // closed when the fetcher may go on; nil: it does not wait
	polling func()             // ends the poll in progress; nil: there is none
	joined  chan struct{}      // closed when the first assignment is known, or never will be
	join    func()             // closes it
	ended   bool
}

// place names a partition.
type place struct {
	topic string
	id    int32
}

func newMember(g *Groups, k string, r qos.Reading) *member {
	m := &member{
		groups: g, key: k, reading: r, log: g.log.With("group", r.Group),
		ready: make(chan struct{}), commits: make(chan struct{}, 1), changed: make(chan struct{}, 1),
		parts: make(map[place]*partition), kept: make(map[place]int64), anew: make(map[place]struct{}),
	}
	m.joined = make(chan struct{})
	m.join = sync.OnceFunc(func() { close(m.joined) })
	m.commits <- struct{}{}
	m.stop, m.cancel = context.WithCancel(context.Background())
	m.life, m.cut = context.WithCancel(context.Background())
	return m
}

// open resolves where the member begins, then joins the group. Other connections of the group
// see its outcome by attach.
func (m *member) open(ctx context.Context, r qos.Reading, resumes resumption) error {
	defer close(m.ready)
	if err := m.prepare(ctx, r, resumes.cursor); err != nil {
		m.fail(err)
		m.cancel()
		m.cut()
		m.groups.limit.give(m.reading.Owner)
		return err
	}
	m.groups.started(m)
	m.running.Go(m.fetch)
	m.running.Go(m.tick)
	if m.groups.cfg.ServerSide {
		m.running.Go(m.hurry)
	}
	return nil
}

// prepare lists the topics before anything is produced that the connection must not miss.
func (m *member) prepare(ctx context.Context, r qos.Reading, resumes cursor.Cursor) error {
	c := m.groups.cluster
	s, err := m.groups.subject(ctx, r)
	if err != nil {
		return err
	}
	if r.CheckTopic {
		if err := s.exists(r); err != nil {
			return err
		}
	}
	committed, err := c.Committed(ctx, r.Group)
	if err != nil {
		return err
	}
	m.topics, m.chosen, m.listed, m.seen = s.names, s.number, s.topics, maps.Clone(s.topics)
	later := s.later(r, committed)
	for _, name := range later {
		m.listed[name] = fromStart(s.topics[name])
	}
	if r.Reset == qos.NoReset {
		if err := requireCommits(s.topics, later, committed, resumes); err != nil {
			return err
		}
	}
	if len(s.names) == 0 && r.Pattern != nil {
		m.join() // the library joins the group with its first topic
	}
	m.client, err = c.NewClient("group", m.options()...)
	return err
}

// requireCommits is for autoOffsetReset none: every partition has a commit or is in the cursor, or
// its topic was created later than the group or than a cursor that has no topic.
func requireCommits(topics map[string]*cluster.Topic, later []string, committed cluster.Commits, resumes cursor.Cursor) error {
	if resumes.IsNothing() {
		return nil
	}
	for name, t := range topics {
		if slices.Contains(later, name) {
			continue
		}
		for id := range t.Partitions {
			if _, ok := committed.At(name, int32(id)); !ok && !resumes.Names(name, int32(id)) {
				return core.NewError(core.CodeNoInitialOffset, "the group has no committed offset and autoOffsetReset is none")
			}
		}
	}
	return nil
}

func (m *member) options() []kgo.Opt {
	cfg := m.groups.cfg
	beyond := kgo.NewOffset().AtStart() // of committed offsets that the log does not have
	if m.reading.Reset == qos.NoReset {
		beyond = kgo.NoResetOffset()
	}
	opts := []kgo.Opt{
		kgo.WithContext(m.life),
		kgo.ConsumerGroup(m.reading.Group),
		kgo.ConsumeTopics(m.topics...),
		kgo.SessionTimeout(cfg.SessionTimeout),
		kgo.HeartbeatInterval(min(cfg.SessionTimeout/3, maxHeartbeat)),
		kgo.RebalanceTimeout(max(cfg.SessionTimeout, 2*settleWait)),
		kgo.DisableAutoCommit(),
		// Held only while fetched records are put into queues, so that no callback runs between.
		kgo.BlockRebalanceOnPoll(),
		kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()), // replaced by begin
		kgo.ConsumeResetOffset(beyond),
		kgo.AdjustFetchOffsetsFn(m.begin),
		kgo.OnPartitionsAssigned(m.assigned),
		kgo.OnPartitionsRevoked(m.revoked),
		kgo.OnPartitionsLost(m.lost),
		kgo.FetchMaxBytes(int32(min(4*cfg.BytesPerStream, mostFetched))),
		kgo.FetchMaxPartitionBytes(int32(min(cfg.BytesPerStream, mostFetched))),
	}
	if cfg.ServerSide {
		// The first balancer names the broker's; the second keeps a classic group cooperative.
		opts = append(opts, kgo.WithHooks(&m.protocol), kgo.ServerSideBalancer(), kgo.Balancers(kgo.StickyBalancer(), kgo.CooperativeStickyBalancer()))
	}
	return opts
}

// attach joins a connection; nil: the member ended.
func (m *member) attach(r qos.Reading, resumes resumption) *Stream {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ended {
		return nil
	}
	s := &Stream{member: m, level: r.Level, transform: r.Transform, resumes: resumes}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	m.streams = append(m.streams, s)
	m.bind()
	m.wakeFetcher()
	return s
}

// detach takes a connection off. What it left unsettled goes to the others; the last one takes
// the member with it.
func (m *member) detach(ctx context.Context, s *Stream) error {
	m.mu.Lock()
	var mine []*partition
	for _, p := range m.parts {
		if p.next == s {
			p.next = nil
		}
		if p.owner == s {
			mine = append(mine, p)
			p.recall()
		}
		if p.owner == s { // recall may have passed it on
			p.owner = nil
		}
	}
	m.streams = slices.DeleteFunc(m.streams, func(o *Stream) bool { return o == s })
	last := len(m.streams) == 0
	m.bind()
	m.ended = m.ended || last
	m.wakeFetcher()
	m.mu.Unlock()
	if last {
		return m.shutdown(ctx)
	}
	return m.commit(ctx, mine)
}

// fail ends all connections with an error.
func (m *member) fail(err error) {
	m.mu.Lock()
	m.ended = true
	for _, s := range m.streams {
		if s.err == nil {
			s.err = err
		}
		s.wake()
	}
	m.wakeFetcher()
	m.join()
	m.mu.Unlock()
	m.groups.remove(m)
}

// shutdown commits, leaves the group and frees the client. When ctx ends first the client is
// still closed, but the group may learn of it only by the session timeout. Only the first call
// does something.
func (m *member) shutdown(ctx context.Context) error {
	if !m.groups.stopped(m) {
		return nil
	}
	defer m.groups.running.Done()
	defer m.groups.limit.give(m.reading.Owner)
	m.cancel()
	m.running.Wait()
	err := m.commit(ctx, m.all())
	if e := m.leave(ctx); e != nil && err == nil {
		err = e
	}
	return err
}

// leave ends the client, which leaves the group first: one call does both, because the library must not
// be told twice to leave.
func (m *member) leave(ctx context.Context) error {
	if m.groups.cluster.Refusing() != nil {
		m.cut() // nobody is there to be told
	}
	stop := context.AfterFunc(ctx, m.cut)
	m.client.CloseAllowingRebalance()
	m.cut()
	if !stop() && ctx.Err() != nil {
		return cluster.Classify("leave group", ctx.Err())
	}
	return nil
}

func (m *member) all() []*partition {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]*partition, 0, len(m.parts))
	for _, p := range m.parts {
		all = append(all, p)
	}
	return all
}

func (m *member) addStats(s *Stats) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s.Streams += len(m.streams)
	s.Partitions += len(m.parts)
	for _, p := range m.parts {
		s.Bytes += p.bytes
		if p.frontier >= 0 && p.end > p.frontier {
			s.Lag += p.end - p.frontier
		}
	}
}
