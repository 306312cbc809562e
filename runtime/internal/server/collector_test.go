package server

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// collectUntil collects until the percentage is right: cleanups run a moment after a collection.
func collectUntil(t *testing.T, right func(percent uint64) bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		runtime.GC()
		percent := read("/gc/gogc:percent")
		if right(percent) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("GOGC stays at %d with %d live bytes", percent, read("/gc/heap/live:bytes"))
		}
	}
}

func TestEaseCollector(t *testing.T) {
	restore := EaseCollector(math.MaxInt64)
	defer restore()
	const most = 100 * mostHeadroom / leastMarked
	collectUntil(t, func(percent uint64) bool { return percent == most })
	small := make([]byte, mostHeadroom/2)
	collectUntil(t, func(percent uint64) bool { return percent > goDefault && percent < 2*goDefault })
	runtime.KeepAlive(small)
	large := make([]byte, 2*mostHeadroom)
	collectUntil(t, func(percent uint64) bool { return percent == goDefault })
	runtime.KeepAlive(large)
	collectUntil(t, func(percent uint64) bool { return percent == most })
	restore()
	collectUntil(t, func(percent uint64) bool { return percent == goDefault })
}

func TestEaseCollectorHasAShareOfTheMemory(t *testing.T) {
	defer EaseCollector(32 << 20)()
	if got := read("/gc/gogc:percent"); got != goDefault {
		t.Errorf("with 32 MiB of memory GOGC is %d: 2 MiB of headroom are less than the smallest heap", got)
	}
}

func TestEaseCollectorLeavesASettingAlone(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	restore := EaseCollector(math.MaxInt64)
	collectUntil(t, func(percent uint64) bool { return percent == 50 })
	restore()
	if got := read("/gc/gogc:percent"); got != 50 {
		t.Errorf("GOGC is %d after restore, want 50", got)
	}
}

func TestEaseCollectorYields(t *testing.T) {
	restore := EaseCollector(math.MaxInt64)
	debug.SetGCPercent(70)
	defer debug.SetGCPercent(goDefault)
	for range 3 {
		collectUntil(t, func(percent uint64) bool { return percent == 70 })
	}
	restore()
	if got := read("/gc/gogc:percent"); got != 70 {
		t.Errorf("GOGC is %d after restore, want 70", got)
	}
}
