package server

import (
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// MemoryLimit is how many bytes the process may use: GOMEMLIMIT, the control group's limit, or
// the machine's memory, whichever is the smallest that is known.
func MemoryLimit() int64 {
	limit := debug.SetMemoryLimit(-1)
	for _, other := range []int64{
		number("/sys/fs/cgroup/memory.max"), number("/sys/fs/cgroup/memory/memory.limit_in_bytes"), machineMemory(),
	} {
		limit = min(limit, other)
	}
	return limit
}

// number reads a file that holds one number; math.MaxInt64 where it does not.
func number(path string) int64 {
	text, err := os.ReadFile(path)
	if err != nil {
		return math.MaxInt64
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || n <= 0 {
		return math.MaxInt64
	}
	return n
}

// machineMemory reads MemTotal of /proc/meminfo; math.MaxInt64 where there is none.
func machineMemory() int64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return math.MaxInt64
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != "MemTotal:" {
			continue
		}
		if kib, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
			return kib << 10
		}
	}
	return math.MaxInt64
}
