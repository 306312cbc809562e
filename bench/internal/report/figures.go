// Package report adds up what contestants did in their slices, compares them and prints the result.
package report

import (
	"time"

	"github.com/penstock-dev/penstock/bench/internal/load"
)

// Figures are the totals of one contestant over its slices.
type Figures struct {
	Name               string
	Done, Failed       int
	Elapsed, CPU       time.Duration
	Latency            load.Histogram
	Memory             int64 // resident bytes after the last slice
	BytesPerConnection int64 // of open, idle connections; 0: not measured
}

// Add counts one slice and the CPU time that the contestant used in it.
func (f *Figures) Add(s load.Slice, cpu time.Duration) {
	f.Done += s.Done
	f.Failed += s.Failed
	f.Elapsed += s.Elapsed
	f.CPU += cpu
	f.Latency.Merge(s.Latency)
}

// Rate is how many were done a second of the contestant's own slices.
func (f *Figures) Rate() float64 { return quotient(float64(f.Done), f.Elapsed.Seconds()) }

// CPUPer is the CPU time that one took.
func (f *Figures) CPUPer() time.Duration {
	return time.Duration(quotient(float64(f.CPU), float64(f.Done)))
}

// PerCPUSecond is how many were done for a second of CPU time.
func (f *Figures) PerCPUSecond() float64 { return quotient(float64(f.Done), f.CPU.Seconds()) }

// quotient is 0 where there is nothing to divide by.
func quotient(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
