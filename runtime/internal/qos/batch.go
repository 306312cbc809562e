package qos

import (
	"encoding/base64"
	"sync"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// Batch is a run of records in the order of delivery. It is immutable; a batch of the hub is
// shared by every subscriber of it.
type Batch struct {
	records []*core.Record // nil where a hook skipped the record
	ids     IDs
	frames  frameCache
	views   viewCache
}

// IDs appends the plain text id of the i-th record of a batch: the position of every bound
// partition after that record.
type IDs interface {
	AppendID(dst []byte, i int) []byte
}

// NewBatch makes a batch; ids is nil at levels without ids.
func NewBatch(records []*core.Record, ids IDs) *Batch {
	return &Batch{records: records, ids: ids}
}

// Len counts the records, skipped ones too.
func (b *Batch) Len() int { return len(b.records) }

// Record is the i-th record; nil where a hook skipped it. It must not be changed.
func (b *Batch) Record(i int) *core.Record { return b.records[i] }

// AppendID appends the id of the i-th record, as padded base64 when encoded is set. Nothing is
// appended at levels without ids.
func (b *Batch) AppendID(dst []byte, i int, encoded bool) []byte {
	if b.ids == nil {
		return dst
	}
	start := len(dst)
	dst = b.ids.AppendID(dst, i)
	if !encoded {
		return dst
	}
	end := len(dst) // encoded behind the plain id, then moved over it: nothing is allocated
	dst = base64.StdEncoding.AppendEncode(dst, dst[start:end])
	return dst[:start+copy(dst[start:], dst[end:])]
}

// HasIDs reports whether the records have ids.
func (b *Batch) HasIDs() bool { return b.ids != nil }

// Encoder writes the frames of one operation and entrypoint. The pointer behind the interface
// is its identity, by which shared frames are kept: encoders are made once per operation.
type Encoder interface {
	// AppendFrame appends the frame of the i-th record of the batch.
	AppendFrame(dst []byte, b *Batch, i int) []byte
}

// Frames are the encoded records of one batch, back to back.
type Frames struct {
	Bytes []byte
	Ends  []int // Ends[i] is where the frame of the i-th record ends; equal ends: skipped
	Count int   // records that were not skipped
	Size  int   // bytes of their payloads
}

// Frames encodes the batch, once for all readers that share it and use the same encoder.
func (b *Batch) Frames(e Encoder) *Frames { return b.frames.get(e, b) }

type frameCache struct {
	mu      sync.Mutex
	entries []frameEntry // one or two: a linear search beats a map
}

type frameEntry struct {
	encoder Encoder
	frames  *Frames
}

func (c *frameCache) get(e Encoder, b *Batch) *Frames {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.entries {
		if c.entries[i].encoder == e {
			return c.entries[i].frames
		}
	}
	f := encode(e, b)
	c.entries = append(c.entries, frameEntry{e, f})
	return f
}

func encode(e Encoder, b *Batch) *Frames {
	size := 0
	for _, r := range b.records {
		if r != nil {
			size += len(r.Value) + 128
		}
	}
	f := &Frames{Bytes: make([]byte, 0, size), Ends: make([]int, len(b.records))}
	for i, r := range b.records {
		if r != nil {
			f.Bytes = e.AppendFrame(f.Bytes, b, i)
			f.Count++
			f.Size += len(r.Value)
		}
		f.Ends[i] = len(f.Bytes)
	}
	return f
}
