package cluster

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func TestPoolSharesClusters(t *testing.T) {
	p := NewPool(testConfig())
	p.idle = 20 * time.Millisecond
	a, releaseA, err := p.Hold(target(t, "127.0.0.1:1"))
	if err != nil {
		t.Fatal(err)
	}
	again, releaseAgain, err := p.Hold(target(t, "127.0.0.1:1"))
	if err != nil {
		t.Fatal(err)
	}
	b, releaseB, err := p.Hold(target(t, "127.0.0.1:2"))
	if err != nil {
		t.Fatal(err)
	}
	if a != again || a == b {
		t.Error("equal targets must share a cluster, others not")
	}
	closed := make(chan struct{})
	a.OnClose(func(context.Context) error {
		close(closed)
		return nil
	})
	releaseA()
	releaseA() // the second call counts for nothing
	select {
	case <-closed:
		t.Fatal("closed although one holder is left")
	case <-time.After(3 * p.idle):
	}
	releaseAgain()
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
		t.Fatal("not closed when idle")
	}
	eventually(t, "one cluster left", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.entries) == 1
	})
	releaseB()
	back, _, err := p.Hold(target(t, "127.0.0.1:2"))
	if err != nil || back != b {
		t.Errorf("held again while idle: got another cluster, %v", err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if _, _, err := p.Hold(target(t, "127.0.0.1:1")); core.CodeOf(err) != core.CodeDraining {
		t.Errorf("after close: got %v, want %s", err, core.CodeDraining)
	}
}

func TestCloseRunsLatestFirstAndJoinsErrors(t *testing.T) {
	c, err := New(target(t, "127.0.0.1:1"), testConfig())
	if err != nil {
		t.Fatal(err)
	}
	first, second := errors.New("first"), errors.New("second")
	var order []error
	for _, e := range []error{first, second} {
		c.OnClose(func(context.Context) error {
			order = append(order, e)
			return e
		})
	}
	err = c.Close(t.Context())
	if !errors.Is(err, first) || !errors.Is(err, second) {
		t.Errorf("got %v, want both errors", err)
	}
	if len(order) != 2 || !errors.Is(order[0], second) {
		t.Errorf("order: got %v, want the latest first", order)
	}
	if _, err := c.Admin(); core.CodeOf(err) != core.CodeDraining {
		t.Errorf("after close: got %v, want %s", err, core.CodeDraining)
	}
}
