package report

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/bench/internal/load"
)

// figures are the totals of ten slices.
func figures(name string, done int, cpu time.Duration) *Figures {
	f := &Figures{Name: name, Memory: 32 << 20}
	for range 10 {
		var h load.Histogram
		h.Add(2 * time.Millisecond)
		f.Add(load.Slice{Done: done, Elapsed: 300 * time.Millisecond, Latency: &h}, cpu)
	}
	return f
}

func result() *Result {
	return &Result{
		Scenario: "post-64", About: "64 connections", Unit: "requests", Foreign: 0.02, Broker: 0.5,
		Contestants: []*Figures{
			figures("base", 3000, 150*time.Millisecond), figures("copy", 3030, 150*time.Millisecond), figures("gateway", 2700, 162*time.Millisecond),
		},
		Aim: Aim{Rate: 0.85, CPU: 1.25},
	}
}

func TestTotalsAndRatios(t *testing.T) {
	r := result()
	base := r.Contestants[Base]
	if base.Done != 30000 || base.Rate() != 10000 || base.CPUPer() != 50*time.Microsecond || base.PerCPUSecond() != 20000 || base.Latency.Count() != 10 {
		t.Errorf("base: %d done, %v/s, %v, %v", base.Done, base.Rate(), base.CPUPer(), base.PerCPUSecond())
	}
	if diff := cmp.Diff(Ratio{Rate: 0.9, CPU: 1.2, PerCPUSecond: 0.8333333333333333}, r.Ratio(Gateway)); diff != "" {
		t.Error(diff)
	}
	if r.Void() != nil || r.Missed() != nil {
		t.Errorf("void %q, missed %q", r.Void(), r.Missed())
	}
	if empty := new(Figures); empty.Rate() != 0 || empty.CPUPer() != 0 || empty.PerCPUSecond() != 0 {
		t.Error("no slices give figures")
	}
}

func TestVoidRunsSayWhy(t *testing.T) {
	r := result()
	r.Foreign = 0.2
	r.Contestants[Copy] = figures("copy", 3120, time.Second)
	r.Contestants[Gateway].Failed = 7
	want := []string{
		"the rate of the base's copy is 1.040 of the base's, outside 0.97 to 1.03",
		"other processes used 0.20 core, more than 0.15",
		"gateway failed 7 requests",
	}
	if diff := cmp.Diff(want, r.Void()); diff != "" {
		t.Error(diff)
	}
	r.Paced = true
	if void := r.Void(); void[0] != "the CPU of the base's copy is 6.410 of the base's, outside 0.97 to 1.03" {
		t.Errorf("paced: %q", void[0])
	}
}

func TestMissedAimsSayByHowMuch(t *testing.T) {
	r := result()
	r.Aim = Aim{Rate: 0.95, CPU: 1.1, PerCPUSecond: 0.9, BytesPerConnection: 40 << 10}
	r.Contestants[Gateway].BytesPerConnection = 41 << 10
	want := []string{
		"rate 0.90 of the base's, at least 0.95 is wanted",
		"CPU 1.20 of the base's, at most 1.10 is wanted",
		"requests per CPU second 0.83 of the base's, at least 0.90 is wanted",
		"41.0 KiB per idle connection, at most 40.0 is wanted",
	}
	if diff := cmp.Diff(want, r.Missed()); diff != "" {
		t.Error(diff)
	}
}

func TestText(t *testing.T) {
	var b strings.Builder
	if err := Text(&b, result()); err != nil {
		t.Fatal(err)
	}
	want := `post-64: 64 connections
           requests/s  ratio  µs CPU each  ratio  p50 ms  p99 ms  MiB  KiB/connection
     base       10000  1.000        50.00  1.000    2.02    2.02   32               -
     copy       10100  1.010        49.50  0.990    2.02    2.02   32               -
  gateway        9000  0.900        60.00  1.200    2.02    2.02   32               -
broker 0.50 core, other processes 0.02 core
aims reached

`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestJSON(t *testing.T) {
	var b strings.Builder
	r := result()
	r.Foreign = 1
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	var out jsonResult
	if err := json.Unmarshal([]byte(b.String()), &out); err != nil {
		t.Fatal(err)
	}
	if out.Contestants[Gateway].RateRatio != 0.9 || out.Contestants[Gateway].CPU != 60 || len(out.Void) != 1 || out.Scenario != "post-64" {
		t.Errorf("%s", b.String())
	}
}
