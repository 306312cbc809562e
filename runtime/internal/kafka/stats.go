package kafka

import (
	"cmp"
	"maps"
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
	DynamicClients int   // clusters that requests chose, now
	RefusedClients int64 // holds of such clusters for which there was no room
	Clusters       []ClusterStats
	Dynamic        []DynamicStats
}

// ClusterStats are those of one cluster of the configuration.
type ClusterStats struct {
	Name    string // of the first endpoint that used it
	Brokers string // comma-separated
	Key     string // tells clusters apart that share the two above
	State   cluster.State
	Work
}

// DynamicStats are those of all clusters together that requests chose at one endpoint.
type DynamicStats struct {
	Name   string // of the endpoint
	States map[cluster.Phase]int
	Work
}

// Work is what the readers and writers of clusters do.
type Work struct {
	Producers       int
	BufferedRecords int64 // sent and not yet acknowledged
	BufferedBytes   int64
	LostRecords     int64 // of level none, since start

	Groups member.Stats
}

// Stats reads everything now. It costs a walk over all clients: for scrapes, not for requests.
func (k *Kafka) Stats() Stats {
	now := k.pool.look()
	s := Stats{
		HubBytes: k.budget.Used(), HubEvictions: k.counts.evicted.Load(),
		CatchUpReaders: int(k.counts.readers.Load()), GroupMembers: k.members.Used(),
		DynamicClients: len(now.dynamic), RefusedClients: k.pool.refused.Load(),
		Dynamic: now.summed(),
	}
	for _, st := range now.fixed {
		t := st.cluster.Target
		s.Clusters = append(s.Clusters, ClusterStats{
			Name: t.Name, Brokers: strings.Join(t.Brokers, ","), Key: t.Key(),
			State: st.cluster.State(), Work: st.work(),
		})
	}
	slices.SortFunc(s.Clusters, func(a, b ClusterStats) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Brokers, b.Brokers), cmp.Compare(a.Key, b.Key))
	})
	return s
}

// summed adds up the dynamic clusters. What clusters lost that are closed stays counted.
func (now snapshot) summed() []DynamicStats {
	byName := make(map[string]*DynamicStats)
	of := func(name string) *DynamicStats {
		if byName[name] == nil {
			byName[name] = &DynamicStats{Name: name, States: make(map[cluster.Phase]int)}
		}
		return byName[name]
	}
	for _, st := range now.dynamic {
		d := of(st.cluster.Target.Name)
		d.States[st.cluster.State().Phase]++
		d.add(st.work())
	}
	for _, st := range now.closing {
		of(st.cluster.Target.Name).add(st.work())
	}
	for name, lost := range now.lost {
		of(name).LostRecords += lost
	}
	list := make([]DynamicStats, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		list = append(list, *byName[name])
	}
	return list
}

func (w *Work) add(o Work) {
	w.Producers += o.Producers
	w.BufferedRecords += o.BufferedRecords
	w.BufferedBytes += o.BufferedBytes
	w.LostRecords += o.LostRecords
	w.Groups.Members += o.Groups.Members
	w.Groups.Streams += o.Groups.Streams
	w.Groups.Partitions += o.Groups.Partitions
	w.Groups.Bytes += o.Groups.Bytes
	w.Groups.Lag += o.Groups.Lag
}

func (s *station) work() Work {
	w := Work{Groups: s.groups.Stats(), LostRecords: s.lostRecords()}
	for _, p := range s.writers() {
		of := p.Stats()
		w.Producers++
		w.BufferedRecords += of.BufferedRecords
		w.BufferedBytes += of.BufferedBytes
	}
	return w
}

func (s *station) lostRecords() (lost int64) {
	for _, p := range s.writers() {
		lost += p.Stats().Lost
	}
	return lost
}

// counts hears the hubs and the readers behind them.
type counts struct {
	evicted atomic.Int64
	readers atomic.Int64
}

func (c *counts) evict(nodes int) { c.evicted.Add(int64(nodes)) }

func (c *counts) catchUpReaders(delta int) { c.readers.Add(int64(delta)) }
