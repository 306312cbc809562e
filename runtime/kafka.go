package runtime

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"strconv"

	"github.com/penstock-dev/penstock/runtime/internal/config"
	"github.com/penstock-dev/penstock/runtime/internal/kafka"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/producer"
	"github.com/penstock-dev/penstock/runtime/internal/metrics"
	"github.com/penstock-dev/penstock/runtime/internal/server"
)

// newKafka makes the Kafka side of the configuration. Nothing connects before it is used.
func newKafka(cfg Config, log *slog.Logger) *kafka.Kafka {
	return kafka.New(kafka.Config{
		ClientID: "penstock",
		Produce: producer.Config{
			Timeout: cfg.Produce.Timeout, Linger: cfg.Produce.Linger, MaxBufferedBytes: int(cfg.Produce.MaxBufferedBytes),
		},
		Consume: kafka.Consume{
			FetchMaxWait: cfg.Consume.FetchMaxWait, SessionTimeout: cfg.Consume.SessionTimeout,
			CommitInterval: cfg.Consume.CommitInterval, TopicRefresh: cfg.Consume.TopicRefresh,
			ServerSideGroups: cfg.Consume.GroupProtocol == config.GroupConsumer,
		},
		Limits: kafka.Limits{
			DynamicClients: cfg.Limits.DynamicClients,
			GroupMembers:   cfg.Limits.GroupMembers, CatchUpReaders: cfg.Limits.CatchUpReaders, TopicsPerHub: cfg.Limits.TopicsPerHub,
			HubBytesPerTopic: int64(cfg.Limits.HubBytesPerTopic), BytesPerStream: int64(cfg.Limits.BytesPerStream),
			ProcessBytes: cfg.Limits.ProcessBytes.Of(server.MemoryLimit()),
		},
	}, log)
}

// kafkaMetrics reads the Kafka side for a scrape.
func kafkaMetrics(k *kafka.Kafka) metrics.Kafka {
	s := k.Stats()
	m := metrics.Kafka{
		HubBytes: s.HubBytes, HubEvictions: s.HubEvictions, CatchUpReaders: s.CatchUpReaders,
		DynamicClients: s.DynamicClients, RefusedClients: s.RefusedClients,
	}
	labels := clusterLabels(s.Clusters)
	for i, c := range s.Clusters {
		state := map[string]int{string(c.State.Phase): 1}
		m.Clusters = append(m.Clusters, clusterMetrics(c.Name, labels[i], state, c.Work))
	}
	for _, d := range s.Dynamic {
		states := make(map[string]int, len(d.States))
		for phase, n := range d.States {
			states[string(phase)] = n
		}
		m.Clusters = append(m.Clusters, clusterMetrics(d.Name, metrics.Dynamic, states, d.Work))
	}
	return m
}

// clusterLabels names clusters in metrics, in their order: by a hash of their brokers, and by a number
// where others of the same endpoint name and brokers log in otherwise. Nothing of a login is in it: many
// can read metrics, and passwords could be tried against a hash.
func clusterLabels(clusters []kafka.ClusterStats) []string {
	type series struct{ name, label string }
	seen := map[series]int{}
	labels := make([]string, len(clusters))
	for i, c := range clusters {
		sum := sha256.Sum256([]byte(c.Brokers))
		label := hex.EncodeToString(sum[:4])
		same := series{c.Name, label}
		if seen[same]++; seen[same] > 1 {
			label += "-" + strconv.Itoa(seen[same])
		}
		labels[i] = label
	}
	return labels
}

func clusterMetrics(name, key string, states map[string]int, w kafka.Work) metrics.Cluster {
	return metrics.Cluster{
		Endpoint: name, Key: key, States: states,
		Producers: w.Producers, Members: w.Groups.Members,
		GroupStreams: w.Groups.Streams, GroupPartitions: w.Groups.Partitions,
		GroupBytes: int64(w.Groups.Bytes), GroupLag: w.Groups.Lag,
		BufferedRecords: w.BufferedRecords, BufferedBytes: w.BufferedBytes, LostRecords: w.LostRecords,
	}
}
