package report

import (
	"fmt"
	"time"
)

// The contestants, in the order of a result.
const (
	Base    = iota // the bare gateway
	Copy           // the same again: what differs from Base is noise
	Gateway        // Penstock
)

// Bounds of a run that counts.
const (
	lowestControl, highestControl = 0.97, 1.03 // Copy's ratio to Base
	mostForeign                   = 0.15       // cores used by other processes
)

// Aim is what a scenario wants of the gateway; zero fields want nothing.
type Aim struct {
	Rate               float64 // at least this share of the base's rate
	CPU                float64 // at most this share of the base's CPU for one
	PerCPUSecond       float64 // at least this share of what the base does for a second of CPU
	BytesPerConnection int64
}

// Result is one scenario, measured.
type Result struct {
	Scenario, About string
	Unit            string // "requests", "records" or "messages"
	Paced           bool   // the loader sets the rate: CPU is compared instead
	Contestants     []*Figures
	Foreign, Broker float64 // cores in use, on average over all slices
	Aim             Aim
}

// Ratio compares a contestant with the base.
type Ratio struct{ Rate, CPU, PerCPUSecond float64 }

// Ratio of the contestant to the base.
func (r *Result) Ratio(contestant int) Ratio {
	a, b := r.Contestants[contestant], r.Contestants[Base]
	return Ratio{
		Rate:         quotient(a.Rate(), b.Rate()),
		CPU:          quotient(float64(a.CPUPer()), float64(b.CPUPer())),
		PerCPUSecond: quotient(a.PerCPUSecond(), b.PerCPUSecond()),
	}
}

// Void names what makes the run worthless; nil: it counts.
func (r *Result) Void() []string {
	var reasons []string
	control, what := r.Ratio(Copy).Rate, "rate"
	if r.Paced {
		control, what = r.Ratio(Copy).CPU, "CPU"
	}
	if control < lowestControl || control > highestControl {
		reasons = append(reasons, fmt.Sprintf("the %s of the base's copy is %.3f of the base's, outside %.2f to %.2f", what, control, lowestControl, highestControl))
	}
	if r.Foreign > mostForeign {
		reasons = append(reasons, fmt.Sprintf("other processes used %.2f core, more than %.2f", r.Foreign, mostForeign))
	}
	for _, f := range r.Contestants {
		if f.Failed > 0 {
			reasons = append(reasons, fmt.Sprintf("%s failed %d %s", f.Name, f.Failed, r.Unit))
		}
	}
	return reasons
}

// Missed names the aims that were not reached; nil: all were, or there are none.
func (r *Result) Missed() []string {
	ratio, gateway := r.Ratio(Gateway), r.Contestants[Gateway]
	var missed []string
	if a := r.Aim.Rate; a > 0 && ratio.Rate < a {
		missed = append(missed, fmt.Sprintf("rate %.2f of the base's, at least %.2f is wanted", ratio.Rate, a))
	}
	if a := r.Aim.CPU; a > 0 && ratio.CPU > a {
		missed = append(missed, fmt.Sprintf("CPU %.2f of the base's, at most %.2f is wanted", ratio.CPU, a))
	}
	if a := r.Aim.PerCPUSecond; a > 0 && ratio.PerCPUSecond < a {
		missed = append(missed, fmt.Sprintf("%s per CPU second %.2f of the base's, at least %.2f is wanted", r.Unit, ratio.PerCPUSecond, a))
	}
	if a := r.Aim.BytesPerConnection; a > 0 && gateway.BytesPerConnection > a {
		missed = append(missed, fmt.Sprintf("%.1f KiB per idle connection, at most %.1f is wanted", kib(gateway.BytesPerConnection), kib(a)))
	}
	return missed
}

func kib(bytes int64) float64 { return float64(bytes) / 1024 }

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
