// Package broker runs the embedded Kafka of the command line: one node in this process, for trying
// things out. It is no Kafka for production: one goroutine serves every request.
package broker

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// Bounds of a broker whose data nobody asked to keep. Records live in files, so that memory stays
// small; what exceeds retention in a partition goes away.
const (
	retentionBytes = 64 << 20
	segmentBytes   = 8 << 20
	retentionCheck = time.Second
)

// Topic is a topic to create.
type Topic struct {
	Name       string
	Partitions int32 // 0: 1
}

// Options says how a broker runs.
type Options struct {
	Listen  string  // host:port; port 0 takes a free one
	Topics  []Topic // created at the start
	DataDir string  // kept; "" for a temporary folder with bounded retention
	// AutoCreate creates a topic of one partition when a client asks for one that is not there,
	// as Kafka does by default.
	AutoCreate bool
}

// Broker is a running broker. Its methods are safe for concurrent use.
type Broker struct {
	cluster   *kfake.Cluster
	addr      string
	temporary string // folder to remove, "" for none

	stop   chan struct{}
	owned  sync.WaitGroup // the retention goroutine
	closed sync.Once
}

// Start runs a broker until Close. Errors: the address is taken, the data folder is unusable.
func Start(opts Options) (*Broker, error) {
	b := &Broker{stop: make(chan struct{})}
	dir := opts.DataDir
	if dir == "" {
		temporary, err := os.MkdirTemp("", "penstock-kafka-")
		if err != nil {
			return nil, fmt.Errorf("start the embedded Kafka: %w", err)
		}
		dir, b.temporary = temporary, temporary
	}
	if err := b.run(opts, dir); err != nil {
		return nil, errors.Join(fmt.Errorf("start the embedded Kafka: %w", err), b.removeData())
	}
	if b.temporary != "" {
		b.owned.Go(b.retain)
	}
	if err := b.Ensure(opts.Topics); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *Broker) run(opts Options, dir string) error {
	settings := []kfake.Opt{
		kfake.NumBrokers(1), kfake.DataDir(dir), kfake.DefaultNumPartitions(1), kfake.ClusterID("penstock-embedded"),
		kfake.ListenFn(func(string, string) (net.Listener, error) { return listen(opts.Listen) }),
	}
	if opts.AutoCreate {
		settings = append(settings, kfake.AllowAutoTopicCreation())
	}
	if b.temporary != "" {
		settings = append(settings, kfake.BrokerConfigs(map[string]string{
			"log.retention.bytes": strconv.Itoa(retentionBytes),
			"log.segment.bytes":   strconv.Itoa(segmentBytes),
		}))
	}
	cluster, err := kfake.NewCluster(settings...)
	if err != nil {
		return err
	}
	b.cluster, b.addr = cluster, cluster.ListenAddrs()[0]
	return nil
}

// retain enforces retention on every topic, also on those that clients created.
func (b *Broker) retain() {
	ticker := time.NewTicker(retentionCheck)
	defer ticker.Stop()
	for {
		select {
		case <-b.stop:
			return
		case <-ticker.C:
			b.cluster.ApplyRetention()
		}
	}
}

// Addr is the address that clients use, host:port.
func (b *Broker) Addr() string { return b.addr }

// Ensure creates the topics that do not exist yet. A topic that exists keeps its partitions.
func (b *Broker) Ensure(topics []Topic) error {
	for _, topic := range topics {
		if b.cluster.TopicInfo(topic.Name) != nil {
			continue
		}
		if err := b.cluster.CreateTopic(topic.Name, max(topic.Partitions, 1), nil); err != nil {
			return fmt.Errorf("create topic %q: %w", topic.Name, err)
		}
	}
	return nil
}

// Close ends the broker and removes its temporary data. Closing again does nothing.
func (b *Broker) Close() error {
	var err error
	b.closed.Do(func() {
		close(b.stop)
		b.owned.Wait()
		b.cluster.Close()
		err = b.removeData()
	})
	return err
}

func (b *Broker) removeData() error {
	if b.temporary == "" {
		return nil
	}
	if err := os.RemoveAll(b.temporary); err != nil {
		return fmt.Errorf("remove the data of the embedded Kafka: %w", err)
	}
	return nil
}
