package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/hub"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/member"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/producer"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/pull"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// retireTimeout bounds the end of a producer that stopped.
const retireTimeout = 5 * time.Second

// station is everything that reads and writes one cluster. It implements qos.Cluster.
type station struct {
	cluster *cluster.Cluster
	produce producer.Config
	log     *slog.Logger
	expiry  *expiry // of its credentials; nil: they end at no known moment
	hub     *hub.Hub
	groups  *member.Groups
	pulls   *pull.Pulls

	mu        sync.RWMutex
	producers map[sinkKey]*producer.Producer
	retired   sync.WaitGroup // producers that stopped and are being closed
	closed    bool
}

// sinkKey names a producer: what its client cannot change from record to record.
type sinkKey struct {
	class       producer.Class
	compression string
}

var _ qos.Cluster = (*station)(nil)

// newStation makes the readers and writers of a cluster; each is the log of its group members.
func newStation(k *Kafka, c *cluster.Cluster, produce producer.Config, log, each *slog.Logger) *station {
	cfg := k.cfg
	return &station{
		cluster: c, produce: produce, log: log,
		hub: hub.New(c, k.budget, k.readers, hub.Config{
			BytesPerTopic: cfg.Limits.HubBytesPerTopic, Topics: cfg.Limits.TopicsPerHub,
			TopicRefresh: cfg.Consume.TopicRefresh,
		}),
		groups: member.New(c, member.Config{
			SessionTimeout: cfg.Consume.SessionTimeout, CommitInterval: cfg.Consume.CommitInterval,
			TopicRefresh: cfg.Consume.TopicRefresh, BytesPerStream: int(cfg.Limits.BytesPerStream),
			ServerSide: cfg.Consume.ServerSideGroups,
		}, k.members, each),
		pulls: pull.New(c, pull.Config{
			Readers: cfg.Limits.GroupMembers, FetchBytes: int32(min(cfg.Limits.BytesPerStream, math.MaxInt32)),
			TopicRefresh: cfg.Consume.TopicRefresh,
		}),
		producers: make(map[sinkKey]*producer.Producer),
	}
}

// Open implements qos.Source. http-get reads groups as a simple consumer, but for at-most-once: a
// commit before the answer needs the fencing of a member.
func (s *station) Open(ctx context.Context, r qos.Reading) (qos.Stream, error) {
	switch r.Level {
	case endpoint.None:
		return s.hub.Open(ctx, r)
	case endpoint.Balanced, endpoint.AtBest, endpoint.AtLeastOnce:
		if r.Kind == endpoint.HTTPGet {
			return s.pulls.Open(ctx, r)
		}
		return s.groups.Open(ctx, r)
	case endpoint.AtMostOnce:
		return s.groups.Open(ctx, r)
	}
	return nil, core.Wrap(core.CodeIncompatibleQoS, "read", fmt.Errorf("%q: %w", r.Level, errLevel))
}

// Usable implements qos.Cluster.
func (s *station) Usable() bool { return s.cluster.Usable() }

// spent says that the cluster is of no use to further requests.
func (s *station) spent() bool {
	_, err := s.cluster.RefusedLogin()
	return err != nil || s.expiry.passed()
}

// Sink implements qos.Cluster.
func (s *station) Sink(level endpoint.QoS, compression string) (qos.Sink, error) {
	p, err := s.producer(level, compression)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// producer finds or makes the producer of a level and a compression.
func (s *station) producer(level endpoint.QoS, compression string) (*producer.Producer, error) {
	if !slices.Contains(endpoint.Levels(), level) {
		return nil, core.Wrap(core.CodeIncompatibleQoS, "produce", fmt.Errorf("%q: %w", level, errLevel))
	}
	if compression == "" {
		compression = "none"
	}
	key := sinkKey{producer.ClassOf(level), compression}
	s.mu.RLock()
	p := s.producers[key]
	s.mu.RUnlock()
	if p != nil && !p.Stopped() {
		return p, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, core.NewError(core.CodeDraining, "")
	}
	if p := s.producers[key]; p != nil {
		if !p.Stopped() {
			return p, nil
		}
		s.retire(p)
	}
	p, err := producer.New(s.cluster, s.produce, key.class, compression, s.log)
	if err == nil {
		s.producers[key] = p
	}
	return p, err
}

// retire closes a producer that stopped; it has nothing left to send.
func (s *station) retire(p *producer.Producer) {
	s.retired.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), retireTimeout)
		defer cancel()
		if err := p.Close(ctx); err != nil {
			s.log.Warn("a stopped producer was closed with records in its buffer", "error", err)
		}
	})
}

// close ends readers and writers at the same time: none waits for the other.
func (s *station) close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	closers := []func(context.Context) error{s.hub.Close, s.groups.Close, s.pulls.Close}
	for _, p := range s.producers {
		closers = append(closers, p.Close)
	}
	s.mu.Unlock()
	errs := make(chan error, len(closers))
	for _, f := range closers {
		go func() { errs <- f(ctx) }()
	}
	var all []error
	for range closers {
		all = append(all, <-errs)
	}
	s.retired.Wait()
	if s.expiry != nil {
		s.expiry.timer.Stop()
	}
	return errors.Join(all...)
}

func (s *station) writers() []*producer.Producer {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := make([]*producer.Producer, 0, len(s.producers))
	for _, p := range s.producers {
		list = append(list, p)
	}
	return list
}
