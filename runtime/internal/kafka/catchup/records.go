package catchup

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// Records turns fetched records into the ones that streams share: one allocation for all
// records and one for all headers, however many there are. Keys and values still share the
// memory of the fetched batch. Control records are left out.
func Records(fetched []*kgo.Record) []*core.Record {
	count, headers := 0, 0
	for _, r := range fetched {
		if !r.Attrs.IsControl() {
			count++
			headers += len(r.Headers)
		}
	}
	if count == 0 {
		return nil
	}
	slab := make([]core.Record, 0, count)
	heads := make([]core.Header, 0, headers)
	out := make([]*core.Record, 0, count)
	for _, r := range fetched {
		if r.Attrs.IsControl() {
			continue
		}
		first := len(heads)
		for _, h := range r.Headers {
			heads = append(heads, core.Header{Name: h.Key, Value: h.Value})
		}
		slab = append(slab, core.Record{
			Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Timestamp: r.Timestamp,
			Key: r.Key, Value: r.Value, Headers: heads[first:len(heads):len(heads)],
		})
		out = append(out, &slab[len(slab)-1])
	}
	return out
}
