package entrypoints

import (
	"slices"
	"strconv"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// The headers that a dead letter has beside those of its record: where it came from, when it was
// written there (milliseconds since 1970), and how often it was delivered.
const (
	deadLetterTopic      = "penstock-topic"
	deadLetterPartition  = "penstock-partition"
	deadLetterOffset     = "penstock-offset"
	deadLetterTimestamp  = "penstock-timestamp"
	deadLetterDeliveries = "penstock-deliveries"
)

// DeadLetter makes the record that is written in place of one that was given up on: the same key,
// value and headers, and headers that say where it came from. The topic is the sender's business.
func DeadLetter(rec *core.Record, deliveries int) *core.Record {
	letter := &core.Record{Key: rec.Key, Value: rec.Value, Headers: slices.Clone(rec.Headers)}
	for _, h := range []struct{ name, value string }{
		{deadLetterTopic, rec.Topic},
		{deadLetterPartition, strconv.FormatInt(int64(rec.Partition), 10)},
		{deadLetterOffset, strconv.FormatInt(rec.Offset, 10)},
		{deadLetterTimestamp, strconv.FormatInt(rec.Timestamp.UnixMilli(), 10)},
		{deadLetterDeliveries, strconv.Itoa(deliveries)},
	} {
		letter.Headers = append(letter.Headers, core.Header{Name: h.name, Value: []byte(h.value)})
	}
	return letter
}
