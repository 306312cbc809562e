package kafka

import (
	"context"
	"net"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/kafka/producer"
)

// Config is what the gateway's configuration says about Kafka. Default has every default.
type Config struct {
	ClientID string // prefix of the client ids that brokers see
	Produce  producer.Config
	Consume  Consume
	Limits   Limits
	// Dial replaces the dialer of TCP; nil: the system's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Consume is the consume section.
type Consume struct {
	FetchMaxWait   time.Duration // how long a broker may hold a fetch
	SessionTimeout time.Duration // a group member that is silent for so long is dead
	CommitInterval time.Duration
	TopicRefresh   time.Duration // how soon new topics and partitions are seen
	// ServerSideGroups lets brokers assign partitions (KIP-848); a broker that cannot has classic groups.
	ServerSideGroups bool
}

// dynamicBuffers is how many times Produce.MaxBufferedBytes the producers of all dynamic clusters
// may have in their buffers together: one of them alone cannot fill it.
const dynamicBuffers = 4

// Limits bound clients and memory. Sizes are in bytes.
type Limits struct {
	DynamicClients   int   // clusters that requests choose, of the process
	GroupMembers     int   // of the process
	CatchUpReaders   int   // of the process
	TopicsPerHub     int   // of one cluster
	HubBytesPerTopic int64 // of a hub's ring
	BytesPerStream   int64 // that wait for one connection
	ProcessBytes     int64 // of all rings; 0: no bound
}

// Default is the configuration when nothing is written.
func Default() Config {
	return Config{
		ClientID: "penstock",
		Produce:  producer.Config{Timeout: 10 * time.Second, MaxBufferedBytes: 64 << 20},
		Consume: Consume{
			FetchMaxWait: 250 * time.Millisecond, SessionTimeout: 10 * time.Second,
			CommitInterval: time.Second, TopicRefresh: 2 * time.Second,
		},
		Limits: Limits{
			DynamicClients: 100, GroupMembers: 1000, CatchUpReaders: 64, TopicsPerHub: 1000,
			HubBytesPerTopic: 16 << 20, BytesPerStream: 256 << 10,
		},
	}
}
