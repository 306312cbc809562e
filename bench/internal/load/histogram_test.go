package load

import (
	"math"
	"sync"
	"testing"
	"time"
)

func TestBucketsHoldTheirValues(t *testing.T) {
	last := -1
	for _, v := range []uint64{0, 1, 63, 64, 65, 127, 128, 129, 1000, 12345, 1 << 20, 1<<20 + 1<<14, 1 << 40, math.MaxInt64, math.MaxUint64} {
		i := bucket(v)
		if i < last || i >= bucketCount {
			t.Errorf("bucket(%d) = %d after %d", v, i, last)
		}
		last = i
		top := upper(i)
		if top < v || top-v > v/64 {
			t.Errorf("%d is in a bucket up to %d", v, top)
		}
		if top < math.MaxUint64 && (bucket(top) != i || bucket(top+1) != i+1) {
			t.Errorf("bucket %d does not end at %d", i, top)
		}
	}
}

func TestQuantiles(t *testing.T) {
	var h Histogram
	if q := h.Quantile(0.5); q != 0 {
		t.Errorf("empty: %v", q)
	}
	for v := 1; v <= 1000; v++ {
		h.Add(time.Duration(v) * time.Microsecond)
	}
	h.Add(-time.Second)
	for q, want := range map[float64]time.Duration{0.5: 500 * time.Microsecond, 0.99: 990 * time.Microsecond, 1: time.Millisecond, 0: 0} {
		if got := h.Quantile(q); got < want || float64(got) > float64(want)*65/64+1000 {
			t.Errorf("quantile %v = %v, want %v", q, got, want)
		}
	}
}

func TestMergeAndConcurrency(t *testing.T) {
	var all Histogram
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			var one Histogram
			for v := range 1000 {
				one.Add(time.Duration(v))
				all.Add(time.Duration(v))
			}
			all.Merge(&one)
		})
	}
	running.Wait()
	if n := all.Count(); n != 8000 {
		t.Errorf("%d latencies, want 8000", n)
	}
}
