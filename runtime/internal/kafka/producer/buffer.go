package producer

import (
	"sync/atomic"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// Buffer bounds the bytes that several producers have in their buffers together. A nil Buffer has
// no bound. Safe for concurrent use.
type Buffer struct {
	most int64
	used atomic.Int64
}

// NewBuffer makes a buffer that so many producers of a configuration can fill.
func NewBuffer(cfg Config, producers int) *Buffer {
	return &Buffer{most: int64(cfg.withDefaults().MaxBufferedBytes) * int64(producers)}
}

// take counts a record in, and gives its bytes; false: there is no room.
func (b *Buffer) take(rec *core.Record) (int64, bool) {
	if b == nil {
		return 0, true
	}
	n := int64(len(rec.Key) + len(rec.Value))
	for _, h := range rec.Headers {
		n += int64(len(h.Name) + len(h.Value))
	}
	if b.used.Add(n) > b.most {
		b.used.Add(-n)
		return 0, false
	}
	return n, true
}

// give counts a record out.
func (b *Buffer) give(n int64) {
	if b != nil {
		b.used.Add(-n)
	}
}
