package kafka

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/member"
)

// Stats are the gauges and counters of the Kafka side, for metrics.
type Stats struct {
	HubBytes       int64 // held by all rings now
	HubEvictions   int64 // runs of records that a ring gave up to stay within a limit
	CatchUpReaders int   // now
	GroupMembers   int   // now
	Clusters       []ClusterStats
}

// ClusterStats are those of one cluster.
type ClusterStats struct {
	Name    string // of the first endpoint that used it
	Brokers string // comma-separated
	Key     string // tells clusters apart that share the two above
	State   cluster.State

	Producers       int
	BufferedRecords int64 // sent and not yet acknowledged
	BufferedBytes   int64
	LostRecords     int64 // of level none, since start

	Groups member.Stats
}

// Stats reads everything now. It costs a walk over all clients: for scrapes, not for requests.
func (k *Kafka) Stats() Stats {
	s := Stats{
		HubBytes: k.budget.Used(), HubEvictions: k.counts.evicted.Load(),
		CatchUpReaders: int(k.counts.readers.Load()), GroupMembers: k.members.Used(),
	}
	fixed, dynamic := k.pool.list()
	for _, st := range append(fixed, dynamic...) {
		s.Clusters = append(s.Clusters, st.stats())
	}
	slices.SortFunc(s.Clusters, func(a, b ClusterStats) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Brokers, b.Brokers), cmp.Compare(a.Key, b.Key))
	})
	return s
}

func (s *station) stats() ClusterStats {
	t := s.cluster.Target
	c := ClusterStats{
		Name: t.Name, Brokers: strings.Join(t.Brokers, ","), Key: t.Key(),
		State: s.cluster.State(), Groups: s.groups.Stats(),
	}
	for _, p := range s.writers() {
		of := p.Stats()
		c.Producers++
		c.BufferedRecords += of.BufferedRecords
		c.BufferedBytes += of.BufferedBytes
		c.LostRecords += of.Lost
	}
	return c
}

// counts hears the hubs, the readers behind them, and of dynamic clusters that were closed.
type counts struct {
	evicted atomic.Int64
	readers atomic.Int64
}

func (c *counts) evict(nodes int) { c.evicted.Add(int64(nodes)) }

func (c *counts) catchUpReaders(delta int) { c.readers.Add(int64(delta)) }

func (c *counts) closed(*station) {}
