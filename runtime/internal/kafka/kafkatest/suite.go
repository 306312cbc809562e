// Package kafkatest is the contract of package kafka with a broker, as tests that run against any
// broker: the embedded one and a real Apache Kafka give the same results.
package kafkatest

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/kafka"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// patience is how long anything may take on a busy machine before a test fails.
const patience = 30 * time.Second

// sessionTimeout is the shortest that Kafka allows.
const sessionTimeout = 6 * time.Second

// Broker is what the tests run against.
type Broker struct {
	Addrs []string
	// Compact makes the broker clean a compacted topic soon; nil: it does so by itself.
	Compact func()
}

// suite is one broker and one gateway's clients.
type suite struct {
	broker Broker
	target cluster.Target
	kafka  *kafka.Kafka
	source qos.Source
	raw    *kgo.Client // produces to the partitions that records name
	admin  *kadm.Client

	serverSide bool // groups are those of KIP-848
}

// test is one promise of the contract.
type test struct {
	name string
	run  func(*testing.T, *suite)
}

// Run runs the contract, and what it says about groups once more with groups of KIP-848.
func Run(t *testing.T, b Broker) {
	t.Helper()
	groups := []test{
		{"RoundTrip", roundTrip},
		{"Order", order},
		{"Latest", latest},
		{"EmptyTopic", emptyTopic},
		{"CommitResumes", commitResumes},
		{"GroupInUse", groupInUse},
		{"CursorAgainstCommit", cursorAgainstCommit},
		{"CommitBeforeHandOut", commitBeforeHandOut},
		{"AckCursor", ackCursor},
		{"TopicAppears", topicAppears},
		{"PartitionAppears", partitionAppears},
		{"TopicMadeAgain", readAgain},
		{"PatternFollowsTopics", patternFollows},
		{"PatternTopicMadeAgain", patternMadeAgain},
		{"PatternResumes", patternResumes},
		{"PatternMatchesNothing", patternMatchesNothing},
		{"Processes", processes},
	}
	s := open(t, b, false)
	run(t, s, []test{
		{"Receipts", receipts},
		{"LevelNonePublishes", levelNone},
		{"PublishRefusals", refusals},
		{"PublishToATopicMadeAgain", publishAgain},
		{"Codecs", codecs},
		{"CursorResumes", cursorResumes},
		{"CursorBelowTheLog", cursorBelow},
		{"MissingTopic", missingTopic},
		{"AbortedTransactions", aborted},
		{"CompactionGaps", compacted},
		{"PatternCursors", patternCursors},
		{"PatternInternalTopics", patternInternal},
		{"PatternOfManyTopics", manyTopics},
	})
	run(t, s, groups)
	t.Run("ServerSideGroups", func(t *testing.T) { run(t, open(t, b, true), groups) })
}

func run(t *testing.T, s *suite, tests []test) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, s) })
	}
}

func open(t *testing.T, b Broker, serverSide bool) *suite {
	t.Helper()
	target, err := cluster.ParseTarget(endpoint.JSON(
		`{"name":"contract","configuration":{"bootstrapServers":"` + strings.Join(b.Addrs, ",") + `"}}`))
	if err != nil {
		t.Fatal(err)
	}
	s := &suite{broker: b, target: target, serverSide: serverSide}
	s.kafka = kafka.New(s.config(), slog.New(slog.DiscardHandler))
	if s.source, _, err = s.kafka.Hold(target, false); err != nil {
		t.Fatal(err)
	}
	s.raw, err = kgo.NewClient(kgo.SeedBrokers(b.Addrs...), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.MetadataMinAge(50*time.Millisecond), kgo.UnknownTopicRetries(-1))
	if err != nil {
		t.Fatal(err)
	}
	s.admin = kadm.NewClient(s.raw)
	t.Cleanup(func() {
		s.raw.Close()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.kafka.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// config is that of a process of the suite.
func (s *suite) config() kafka.Config {
	cfg := kafka.Default()
	cfg.Consume.TopicRefresh = 100 * time.Millisecond
	cfg.Consume.CommitInterval = 100 * time.Millisecond
	cfg.Consume.SessionTimeout = sessionTimeout
	cfg.Consume.ServerSideGroups = s.serverSide
	return cfg
}

// name makes a name that no other test and no earlier run used.
func name(prefix string) string { return prefix + "-" + strings.ToLower(rand.Text()[:8]) }

// topic makes a topic and waits until the broker serves it.
func (s *suite) topic(t *testing.T, partitions int32) string {
	t.Helper()
	topic := name("contract")
	s.create(t, topic, partitions, nil)
	return topic
}

func (s *suite) create(t *testing.T, topic string, partitions int32, configs map[string]*string) {
	t.Helper()
	if _, err := s.admin.CreateTopic(t.Context(), partitions, 1, configs, topic); err != nil {
		t.Fatalf("create topic %s: %v", topic, err)
	}
	eventually(t, "the new topic "+topic, func() bool {
		ends, err := s.admin.ListEndOffsets(t.Context(), topic)
		return err == nil && ends.Error() == nil && len(ends[topic]) == int(partitions)
	})
}

func (s *suite) remove(t *testing.T, topic string) {
	t.Helper()
	if _, err := s.admin.DeleteTopic(t.Context(), topic); err != nil {
		t.Fatalf("delete topic %s: %v", topic, err)
	}
	eventually(t, "the end of topic "+topic, func() bool {
		topics, err := s.admin.ListTopics(t.Context(), topic)
		return err == nil && !topics.Has(topic)
	})
	s.raw.PurgeTopicsFromProducing(topic)
}

// write produces values to one partition.
func (s *suite) write(t *testing.T, topic string, partition int32, values ...string) {
	t.Helper()
	records := make([]*kgo.Record, len(values))
	for i, v := range values {
		records[i] = &kgo.Record{Topic: topic, Partition: partition, Value: []byte(v)}
	}
	if err := s.raw.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatalf("produce: %v", err)
	}
}

// eventually polls until ok holds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not seen within %s: %s", patience, what)
}
