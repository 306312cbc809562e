// Package kafka is the Kafka side of the gateway: it gives the sources and sinks of package qos,
// and decides which of the readers serves a stream. The packages below it do the work:
//
//	cluster   how to connect, whether it answers, offsets
//	producer  sinks
//	hub       level none, with catchup for positions older than its rings
//	member    levels with a group on streaming entrypoints, and http-get at at-most-once
//	pull      the other levels with a group on http-get
package kafka

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/catchup"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/hub"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/member"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// Kafka holds the clients of all clusters of a process. Safe for concurrent use.
type Kafka struct {
	cfg     Config
	log     *slog.Logger
	pool    *cluster.Pool
	counts  *counts
	budget  *hub.Budget
	readers *catchup.Pool
	members *member.Limit

	mu       sync.Mutex
	stations map[string]*station // by the target's key
	closed   bool
}

// New makes an empty set of clients; nothing connects before it is used.
func New(cfg Config, log *slog.Logger) *Kafka {
	k := &Kafka{
		cfg: cfg, log: log, counts: &counts{},
		pool: cluster.NewPool(cluster.Config{
			ClientID: cfg.ClientID, FetchMaxWait: cfg.Consume.FetchMaxWait, Log: log, Dial: cfg.Dial,
		}),
		members:  member.NewLimit(cfg.Limits.GroupMembers),
		stations: make(map[string]*station),
	}
	k.budget = hub.NewBudget(cfg.Limits.ProcessBytes, k.counts.evict)
	k.readers = catchup.NewPool(cfg.Limits.CatchUpReaders, k.counts.catchUpReaders)
	return k
}

// Source gives the reader of a cluster. It is cheap once the cluster is known. Errors are
// core.Errors with CodeConfigurationInvalid or CodeDraining.
func (k *Kafka) Source(t cluster.Target) (qos.Source, error) {
	s, err := k.station(t)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Sink gives the writer of a cluster for a level and a value of producer.compressionType, made
// when it is asked for the first time. Errors are those of Source.
func (k *Kafka) Sink(t cluster.Target, level endpoint.QoS, compression string) (qos.Sink, error) {
	s, err := k.station(t)
	if err != nil {
		return nil, err
	}
	p, err := s.producer(level, compression)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// station finds or makes what serves a cluster.
func (k *Kafka) station(t cluster.Target) (*station, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return nil, core.NewError(core.CodeDraining, "")
	}
	if s := k.stations[t.Key()]; s != nil {
		return s, nil
	}
	c, _, err := k.pool.Hold(t) // until Close: targets of the configuration do not come and go
	if err != nil {
		return nil, err
	}
	s := newStation(k, c)
	k.stations[t.Key()] = s
	c.OnClose(s.close)
	return s, nil
}

// Close ends streams with CodeDraining, commits, leaves groups and flushes producers, all
// clusters at once, and waits until ctx ends at most.
func (k *Kafka) Close(ctx context.Context) error {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	return k.pool.Close(ctx)
}

func (k *Kafka) list() []*station {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := make([]*station, 0, len(k.stations))
	for _, s := range k.stations {
		list = append(list, s)
	}
	return list
}

// errLevel is for levels that the matrix does not have.
var errLevel = errors.New("no such level")
