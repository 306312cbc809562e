package websocket

import (
	"fmt"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints/entrypointstest"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// TestFates: the last 100 records that wait no more are remembered, older ones are not.
func TestFates(t *testing.T) {
	b := qos.NewBatch([]*core.Record{entrypointstest.Record(0, "0")}, nil)
	var u unacknowledged
	if u.fate("0") != unknown {
		t.Error("there is a fate before there was a record")
	}
	for i := range 250 {
		id := fmt.Sprint(i)
		u.add(b, 0, id, time.Now())
		u.remove(u.find(id), fate(1+i%3))
		for _, back := range []int{0, 1, mostUnacknowledged - 1, mostUnacknowledged} {
			if i < back {
				continue
			}
			want := fate(1 + (i-back)%3)
			if back == mostUnacknowledged {
				want = unknown
			}
			if got := u.fate(fmt.Sprint(i - back)); got != want {
				t.Fatalf("after %d, %d before: fate %d, want %d", i, back, got, want)
			}
		}
	}
	if u.room() != mostUnacknowledged {
		t.Errorf("room for %d", u.room())
	}
}

// TestSameIDAgain: a record that was lost and came again waits once, anew.
func TestSameIDAgain(t *testing.T) {
	b := qos.NewBatch([]*core.Record{entrypointstest.Record(0, "0")}, nil)
	u, now := unacknowledged{timeout: time.Minute}, time.Now()
	u.add(b, 0, "a", now)
	u.again(u.find("a"), now)
	u.add(b, 0, "a", now.Add(time.Second))
	if p := u.find("a"); len(u.records) != 1 || p.deliveries != 1 || !p.due.Equal(now.Add(time.Minute+time.Second)) {
		t.Errorf("%d wait, %+v", len(u.records), p)
	}
}

// TestOverdue: records wait each for its own time, dead ones for none.
func TestOverdue(t *testing.T) {
	b := qos.NewBatch([]*core.Record{entrypointstest.Record(0, "0")}, nil)
	u, now := unacknowledged{timeout: time.Minute}, time.Now()
	if _, some := u.due(); some {
		t.Error("something is due")
	}
	u.add(b, 0, "a", now)
	u.add(b, 0, "b", now.Add(time.Second))
	u.add(b, 0, "c", now.Add(2*time.Second))
	u.find("a").dead = true
	if due, some := u.due(); !some || !due.Equal(now.Add(61*time.Second)) {
		t.Errorf("due at %v", due)
	}
	if list := u.overdue(now.Add(61 * time.Second)); len(list) != 1 || list[0].id != "b" {
		t.Errorf("overdue are %v", list)
	}
}
