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
	"sync/atomic"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/kafka/catchup"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/hub"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/member"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/producer"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// Kafka holds the clients of all clusters of a process. Safe for concurrent use.
type Kafka struct {
	cfg     Config
	log     *slog.Logger
	sparing *slog.Logger     // for dynamic clusters
	each    *slog.Logger     // sparing too: for each client of the other clusters
	buffer  *producer.Buffer // of dynamic clusters
	pool    *pool
	counts  *counts
	budget  *hub.Budget
	readers *catchup.Pool
	members *member.Limit
}

// New makes an empty set of clients; nothing connects before it is used.
func New(cfg Config, log *slog.Logger) *Kafka {
	k := &Kafka{cfg: cfg, log: log, sparing: newSparingLog(log), each: newSparingLog(log), counts: &counts{}, members: member.NewLimit(cfg.Limits.GroupMembers)}
	k.buffer = producer.NewBuffer(cfg.Produce, dynamicBuffers)
	k.pool = newPool(cfg.Limits.DynamicClients, cfg.Produce.Timeout+closeGrace, k.build)
	k.budget = hub.NewBudget(cfg.Limits.ProcessBytes, k.counts.evict)
	k.readers = catchup.NewPool(cfg.Limits.CatchUpReaders, k.counts.catchUpReaders)
	return k
}

// Hold gives the readers and writers of a cluster until release is called, which may be called
// more than once and by any goroutine. It is cheap once the cluster is known. A new one reads the
// files that its target names; nothing connects before it is used.
//
// What nobody has held for 60 s is closed.
//
// requested says that the target depends on a request. Such clusters are bounded
// (limits.dynamicClients), closed before their time where room is needed, and end with the
// credentials of their request.
//
// Errors are core.Errors: CodeConfigurationInvalid, CodeDraining, CodeTooManyClients, and
// CodeBrokerUnavailable while a refused login is remembered.
func (k *Kafka) Hold(t cluster.Target, requested bool) (c qos.Cluster, release func(), err error) {
	at, err := k.pool.hold(t, requested)
	if err != nil {
		return nil, nil, err
	}
	var released atomic.Bool
	release = func() {
		if !released.Swap(true) {
			k.pool.leave(at)
		}
	}
	switch s := at.station; {
	case s.expiry == nil || !requested:
		return s, release, nil
	case s.expiry.passed():
		release()
		return nil, nil, cluster.Expired(s.expiry.end)
	default:
		return lasting{s, s.expiry}, release, nil
	}
}

// build makes the station of a target. Credentials of the configuration that have ended are for
// the brokers to refuse: an operator may replace them.
func (k *Kafka) build(t cluster.Target, requested bool) (*station, error) {
	end, ends := t.Security.Expires()
	if requested && ends && !time.Now().Before(end) {
		return nil, cluster.Expired(end)
	}
	logger, each, produce := k.log, k.each, k.cfg.Produce
	if requested {
		logger, each, produce.Shared = k.sparing, k.sparing, k.buffer
	}
	c, err := cluster.New(t, cluster.Config{
		ClientID: k.cfg.ClientID, FetchMaxWait: k.cfg.Consume.FetchMaxWait, Log: logger, ClientLog: each, Dial: k.cfg.Dial,
	})
	if err != nil {
		return nil, err
	}
	s := newStation(k, c, produce, logger.With("endpoint", t.Name), each.With("endpoint", t.Name))
	if ends {
		s.expiry = newExpiry(end)
	}
	c.OnClose(s.close)
	return s, nil
}

// Close ends streams with CodeDraining, commits, leaves groups and flushes producers, all
// clusters at once, and waits until ctx ends at most.
func (k *Kafka) Close(ctx context.Context) error { return k.pool.close(ctx) }

// errLevel is for levels that the matrix does not have.
var errLevel = errors.New("no such level")
