// Package load sends requests over raw sockets and measures what comes back.
package load

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// Histogram counts latencies in buckets that are at most 1/64 wide, relative to their value. Safe
// for concurrent use; the zero value is ready.
type Histogram struct {
	counts [bucketCount]atomic.Uint64
}

const (
	fine        = 6 // bits of a value that a bucket keeps
	bucketCount = (64 - fine + 1) << fine
)

// bucket is the index of a value: small values have a bucket each, larger ones share by their
// first bits.
func bucket(v uint64) int {
	if v < 1<<fine {
		return int(v)
	}
	shift := bits.Len64(v) - fine - 1
	return (shift+1)<<fine + int(v>>shift) - 1<<fine
}

// upper is the largest value of a bucket.
func upper(i int) uint64 {
	if i < 1<<fine {
		return uint64(i)
	}
	shift := i>>fine - 1
	return (uint64(i&(1<<fine-1))+1<<fine+1)<<shift - 1
}

// Add counts one latency; negative ones count as zero.
func (h *Histogram) Add(d time.Duration) { h.counts[bucket(uint64(max(0, d)))].Add(1) }

// Merge adds the counts of another histogram.
func (h *Histogram) Merge(o *Histogram) {
	for i := range o.counts {
		if n := o.counts[i].Load(); n > 0 {
			h.counts[i].Add(n)
		}
	}
}

// Count is the number of latencies.
func (h *Histogram) Count() uint64 {
	var n uint64
	for i := range h.counts {
		n += h.counts[i].Load()
	}
	return n
}

// Quantile is the latency that a share q of all does not exceed, rounded up to its bucket; 0 when
// there are none.
func (h *Histogram) Quantile(q float64) time.Duration {
	total := h.Count()
	if total == 0 {
		return 0
	}
	rank := min(total, max(1, uint64(q*float64(total)+0.5)))
	var seen uint64
	for i := range h.counts {
		if seen += h.counts[i].Load(); seen >= rank {
			return time.Duration(upper(i))
		}
	}
	return 0
}
