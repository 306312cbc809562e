package hub

import (
	"context"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// gate is the network in front of a broker, which can be cut.
type gate struct {
	mu    sync.Mutex
	shut  bool
	conns []net.Conn
}

type gatedListener struct {
	net.Listener
	gate *gate
}

func withGate(g *gate) rigOption {
	return func(c *rigConfig) {
		c.broker = append(c.broker, kfake.ListenFn(func(network, address string) (net.Listener, error) {
			l, err := net.Listen(network, address)
			return gatedListener{l, g}, err
		}))
	}
}

func (l gatedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.gate.admit(conn) {
			return conn, nil
		}
	}
}

func (g *gate) admit(conn net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		_ = conn.Close() // refused: nobody hears of an error
		return false
	}
	g.conns = append(g.conns, conn)
	return true
}

func (g *gate) set(shut bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = shut
	if shut {
		for _, conn := range g.conns {
			_ = conn.Close() // closed already, perhaps
		}
		g.conns = nil
	}
}

func TestShortAbsenceOfTheBrokerIsWaitedOut(t *testing.T) {
	g := &gate{}
	r := newRig(t, withTopic(2, "t"), withGate(g))
	live := r.open(qos.Reading{Topics: []string{"t"}})
	r.fill("t", 2, 0, 5)
	take(t, live, 10)
	for round := range 3 {
		g.set(true)
		idle(t, live)
		g.set(false)
		r.fill("t", 2, 5+5*round, 5)
		got := values(take(t, live, 10))
		slices.Sort(got)
		if slices.Contains(got, "4") || len(slices.Compact(got)) != 5 {
			t.Errorf("round %d: %v", round, got)
		}
	}
	idle(t, live)
}

func TestLongAbsenceOfTheBrokerEndsStreams(t *testing.T) {
	const unreachable = time.Second
	g := &gate{}
	r := newRig(t, withTopic(1, "t"), withGate(g), withHub(Config{
		Unreachable: unreachable, TopicRefresh: 50 * time.Millisecond, RequestTimeout: 500 * time.Millisecond,
	}))
	start := time.Now() // before any answer, for the hub counts from the last one
	live := r.open(qos.Reading{Topics: []string{"t"}})
	r.put("t", 0, "a")
	take(t, live, 1)
	position := cursorOf(live)
	g.set(true)
	_, err := tryTake(live, 1, patienceOfTests)
	if core.CodeOf(err) != core.CodeBrokerUnavailable {
		t.Fatalf("got %v", err)
	}
	if waited := time.Since(start); waited < unreachable {
		t.Errorf("ended after %v", waited)
	}
	if _, err := r.tryOpen(qos.Reading{Topics: []string{"t"}}); core.CodeOf(err) != core.CodeBrokerUnavailable {
		t.Errorf("opened meanwhile: %v", err)
	}
	g.set(false)
	r.put("t", 0, "b")
	var again qos.Stream
	eventually(t, "a stream opens again", func() bool {
		again, err = r.tryOpen(qos.Reading{Topics: []string{"t"}, Cursor: position})
		return err == nil
	})
	equal(t, "value", values(take(t, again, 1))[0], "b")
	r.put("t", 0, "c")
	equal(t, "value", values(take(t, again, 1))[0], "c")
	must(t, again.Close(context.Background()))
}

func TestBrokerAwayWhileCatchingUp(t *testing.T) {
	const n = 60_000
	for name, long := range map[string]bool{"short": false, "long": true} {
		t.Run(name, func(t *testing.T) {
			g, cfg := &gate{}, Config{BytesPerTopic: 4 << 10, NodeBytes: 1 << 10}
			if long {
				cfg.Unreachable, cfg.RequestTimeout = time.Second, 500*time.Millisecond
			}
			r := newRig(t, withTopic(1, "t"), withGate(g), withHub(cfg))
			r.fill("t", 1, 0, n)
			s := r.open(qos.Reading{Topics: []string{"t"}, Reset: qos.Earliest})
			take(t, s, 10)
			g.set(true)
			if long {
				got, err := tryTake(s, n, patienceOfTests)
				if core.CodeOf(err) != core.CodeBrokerUnavailable {
					t.Errorf("after %d: %v", len(got), err)
				}
				g.set(false)
				return
			}
			time.AfterFunc(100*time.Millisecond, func() { g.set(false) })
			got := take(t, s, n-10)
			for i, rec := range got {
				if rec.Offset != int64(i+10) {
					t.Fatalf("record %d has offset %d", i, rec.Offset)
				}
			}
		})
	}
}

func TestBrokerIsAbsentAtFirst(t *testing.T) {
	g := &gate{}
	r := newRig(t, withTopic(1, "t"), withGate(g), withHub(Config{RequestTimeout: 200 * time.Millisecond}))
	g.set(true)
	_, err := r.tryOpen(qos.Reading{Topics: []string{"t"}})
	if code := core.CodeOf(err); code != core.CodeBrokerUnavailable && code != core.CodeReadTimeout {
		t.Fatalf("got %v", err)
	}
	g.set(false)
	eventually(t, "a stream opens", func() bool {
		s, err := r.tryOpen(qos.Reading{Topics: []string{"t"}})
		if err == nil {
			must(t, s.Close(context.Background()))
		}
		return err == nil
	})
}

func TestLeadersMove(t *testing.T) {
	const partitions = 6
	r := newRig(t, withTopic(partitions, "t"), func(c *rigConfig) { c.broker = append(c.broker, kfake.NumBrokers(3)) })
	r.fill("t", partitions, 0, 200)
	live := r.open(qos.Reading{Topics: []string{"t"}})
	caught := r.open(qos.Reading{Topics: []string{"t"}, Reset: qos.Earliest})
	finished, finish := r.produceAside([]string{"t"}, partitions, 200)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := drain(live, newAudit(), finished, 0); err != nil {
			t.Errorf("live: %v", err)
		}
	})
	wg.Go(func() {
		if err := drain(caught, newAuditFrom("t", partitions), finished, 2*time.Millisecond); err != nil {
			t.Errorf("catching up: %v", err)
		}
	})
	for range 5 {
		time.Sleep(50 * time.Millisecond)
		r.broker.ShufflePartitionLeaders()
	}
	finish()
	wg.Wait()
}

func TestErrorThatDoesNotPassEndsTheStreamsOfItsTopic(t *testing.T) {
	r := newRig(t, withTopic(1, "t", "u"))
	s, other := r.open(qos.Reading{Topics: []string{"t"}}), r.open(qos.Reading{Topics: []string{"u"}})
	fault := r.broker.Fault(kfake.Fault{
		Keys: []kmsg.Key{kmsg.Fetch}, Topic: "t", Err: kerr.TopicAuthorizationFailed, Count: -1,
	})
	_, err := tryTake(s, 1, patienceOfTests)
	equal(t, "error", errorText(err), "read: FAILURE_FORBIDDEN: Kafka does not allow the gateway to do this: "+kerr.TopicAuthorizationFailed.Error())
	r.put("u", 0, "a")
	equal(t, "value", values(take(t, other, 1))[0], "a")
	fault.Remove()
	again := r.open(qos.Reading{Topics: []string{"t"}})
	r.put("t", 0, "b")
	equal(t, "value", values(take(t, again, 1))[0], "b")
}

func TestCloseEndsStreams(t *testing.T) {
	r := newRig(t, withTopic(1, "t"))
	r.fill("t", 1, 0, 10_000)
	live, caught := r.open(qos.Reading{Topics: []string{"t"}}), r.open(qos.Reading{Topics: []string{"t"}, Reset: qos.Earliest})
	take(t, caught, 1)
	must(t, r.hub.Close(context.Background()))
	for name, s := range map[string]qos.Stream{"live": live, "catching up": caught} {
		_, err := tryTake(s, 20_000, patienceOfTests)
		equal(t, name, core.CodeOf(err), core.CodeDraining)
	}
	_, err := r.tryOpen(qos.Reading{Topics: []string{"t"}})
	equal(t, "open", core.CodeOf(err), core.CodeDraining)
}
