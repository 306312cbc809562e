package producer

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// anyPartition says that a record goes where its key says, or anywhere without one.
const anyPartition = -1

// partitioner sends keys where the Java client sends them (murmur2), and fills batches with records
// that have none. A record whose partition a publisher chose goes there.
type partitioner struct{ kgo.Partitioner }

func newPartitioner() partitioner {
	return partitioner{kgo.UniformBytesPartitioner(64<<10, true, true, nil)}
}

// ForTopic implements kgo.Partitioner. The wrapped one, of the library, partitions by backup.
func (p partitioner) ForTopic(topic string) kgo.TopicPartitioner {
	return topicPartitioner{p.Partitioner.ForTopic(topic).(kgo.TopicBackupPartitioner)}
}

type topicPartitioner struct{ kgo.TopicBackupPartitioner }

// RequiresConsistency implements kgo.TopicPartitioner: a chosen partition counts all of them, also
// those without a leader now.
func (p topicPartitioner) RequiresConsistency(r *kgo.Record) bool {
	return r.Partition >= 0 || p.TopicBackupPartitioner.RequiresConsistency(r)
}

// PartitionByBackup implements kgo.TopicBackupPartitioner. A choice beyond the topic's partitions
// fails the record: its Partition is then the number of partitions, negative, for finish.
func (p topicPartitioner) PartitionByBackup(r *kgo.Record, n int, backup kgo.TopicBackupIter) int {
	if r.Partition < 0 {
		return p.TopicBackupPartitioner.PartitionByBackup(r, n, backup)
	}
	if int(r.Partition) >= n {
		r.Partition = -int32(n)
		return -1
	}
	return int(r.Partition)
}

// noPartition is the answer to a record for a partition that its topic does not have.
func noPartition(topic string, chosen, partitions int32) error {
	return &core.Error{Code: core.CodeInvalidRequest, Op: op, Detail: fmt.Sprintf(
		"topic %q has no partition %d: it has the partitions 0 to %d", topic, chosen, partitions-1)}
}
