package limits

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

func TestBuckets(t *testing.T) {
	at := time.Unix(0, 0)
	b := NewBuckets(2, 3, 10, func() time.Time { return at })
	wantTake := func(key string, ok bool, wait time.Duration) {
		t.Helper()
		if gotWait, got := b.Take(key); got != ok || gotWait != wait {
			t.Errorf("%s: got %v and %v, want %v and %v", key, got, gotWait, ok, wait)
		}
	}
	for range 3 {
		wantTake("a", true, 0)
	}
	wantTake("a", false, 500*time.Millisecond)
	wantTake("b", true, 0)
	at = at.Add(200 * time.Millisecond)
	wantTake("a", false, 300*time.Millisecond)
	at = at.Add(300 * time.Millisecond)
	wantTake("a", true, 0)
	b.Give("a")
	wantTake("a", true, 0)
	wantTake("a", false, 500*time.Millisecond)
	at = at.Add(time.Hour) // a bucket holds no more than its burst
	for range 3 {
		wantTake("a", true, 0)
	}
	wantTake("a", false, 500*time.Millisecond)
	at = at.Add(-time.Hour) // a clock that goes back takes nothing away
	wantTake("a", false, 500*time.Millisecond)
}

func TestBucketsAreBounded(t *testing.T) {
	b := NewBuckets(1, 1, 3, time.Now)
	for _, key := range []string{"a", "b", "c", "a", "d"} { // b was used least recently
		b.Take(key)
	}
	if len(b.byKey) != 3 || b.recent.Len() != 3 || b.byKey["b"] != nil || b.byKey["a"] == nil {
		t.Errorf("keeps %v", b.byKey)
	}
	for i := range 1000 {
		b.Take(fmt.Sprint(i))
	}
	if len(b.byKey) != 3 || b.recent.Len() != 3 {
		t.Errorf("keeps %d keys", len(b.byKey))
	}
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "::ffff:192.0.2.1", "pipe": "pipe", "": "",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::9": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
	} {
		if got := Network(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}

func TestRequests(t *testing.T) {
	if NewRequests(0, 5) != nil || NewRequests(0, 5).Take(exchange.Caller{}) != nil {
		t.Error("0 requests in a second must mean any number")
	}
	r := NewRequests(1, 2)
	at := time.Now()
	r.subjects.now, r.addresses.now = func() time.Time { return at }, func() time.Time { return at }
	ann := exchange.Caller{Identity: exchange.Identity{Subject: "ann"}, Address: "192.0.2.1"}
	for _, c := range []exchange.Caller{ann, ann, {Address: "192.0.2.1"}, {Address: "2001:db8::1"}, {Address: "2001:db8::2"}} {
		if err := r.Take(c); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
	ann.Address = "192.0.2.9" // the subject counts, wherever it is
	for _, c := range []exchange.Caller{ann, {Address: "2001:db8::3"}} {
		err := r.Take(c)
		var e *core.Error
		if !errors.As(err, &e) || e.Code != core.CodeTooManyRequests || e.RetryAfter != 1 ||
			e.Detail != "more requests than limits.requestsPerSecond allows one client" {
			t.Errorf("%+v: got %v", c, err)
		}
	}
	if r := NewRequests(3, 0); r.subjects.burst != 3 {
		t.Errorf("the burst is %v, want as many as in a second", r.subjects.burst)
	}
}

func BenchmarkRequests(b *testing.B) {
	r := NewRequests(1, 1_000_000_000)
	ann := exchange.Caller{Identity: exchange.Identity{Subject: "ann"}}
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Take(ann); err != nil {
			b.Fatal(err)
		}
	}
}
