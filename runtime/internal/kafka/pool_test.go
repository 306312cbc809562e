package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

const patience = 30 * time.Second

func targetOf(t testing.TB, address string) cluster.Target {
	t.Helper()
	target, err := cluster.ParseTarget(endpoint.JSON(
		`{"name":"default","configuration":{"bootstrapServers":"` + address + `"}}`))
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// tenant is a target that nobody connects to.
func tenant(t testing.TB, n int) cluster.Target {
	t.Helper()
	return targetOf(t, "127.0.0.1:"+strconv.Itoa(n))
}

func testKafka(t testing.TB, most int) *Kafka {
	t.Helper()
	cfg := Default()
	cfg.Limits.DynamicClients = most
	k := New(cfg, slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := k.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return k
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not seen within %s: %s", patience, what)
}

// requested holds a target for a request.
func requested(t testing.TB, k *Kafka, target cluster.Target) (qos.Cluster, func()) {
	t.Helper()
	c, release, err := k.Hold(target, true)
	if err != nil {
		t.Fatal(err)
	}
	return c, release
}

// TestMakingOneDoesNotStopOthers: a slow file holds up those who need it, and it is read once.
func TestMakingOneDoesNotStopOthers(t *testing.T) {
	k := testKafka(t, 10)
	build, slow := k.pool.make, tenant(t, 1)
	began, proceed := make(chan struct{}), make(chan struct{})
	var once sync.Once
	made := make(chan string, 100)
	k.pool.make = func(target cluster.Target, requested bool) (*station, error) {
		made <- target.Key()
		if target.Key() == slow.Key() {
			once.Do(func() { close(began) })
			<-proceed
		}
		return build(target, requested)
	}
	var waiting sync.WaitGroup
	for range 20 {
		waiting.Go(func() {
			_, release, err := k.Hold(slow, true)
			if err != nil {
				t.Error(err)
				return
			}
			release()
		})
	}
	<-began
	_, release := requested(t, k, tenant(t, 2))
	release()
	close(proceed)
	waiting.Wait()
	close(made)
	times := map[string]int{}
	for key := range made {
		times[key]++
	}
	if times[slow.Key()] != 1 || len(times) != 2 {
		t.Errorf("made %v, want each once", times)
	}
}

func TestFailureIsNotKept(t *testing.T) {
	k := testKafka(t, 1)
	build, wrong := k.pool.make, errors.New("no such file")
	k.pool.make = func(cluster.Target, bool) (*station, error) { return nil, wrong }
	for range 3 { // it takes no room either
		if _, _, err := k.Hold(tenant(t, 1), true); !errors.Is(err, wrong) {
			t.Fatalf("got %v, want %v", err, wrong)
		}
	}
	k.pool.make = build
	_, release := requested(t, k, tenant(t, 1))
	release()
}

// TestRoomIsMade: the one that is idle for longest goes, when it idled long enough.
func TestRoomIsMade(t *testing.T) {
	k := testKafka(t, 3)
	k.pool.spare = time.Hour
	first, releaseFirst := requested(t, k, tenant(t, 1))
	second, releaseSecond := requested(t, k, tenant(t, 2))
	third, releaseThird := requested(t, k, tenant(t, 3))
	releaseSecond()
	releaseFirst()
	const full = "connect: FAILURE_TOO_MANY_CLIENTS: more than 3 dynamic clients"
	if _, _, err := k.Hold(tenant(t, 4), true); err == nil || err.Error() != full {
		t.Fatalf("nothing idled for long: got %v, want %s", err, full)
	}
	k.pool.mu.Lock()
	k.pool.spare = 0
	k.pool.mu.Unlock()
	_, releaseFourth := requested(t, k, tenant(t, 4))
	again, releaseAgain := requested(t, k, tenant(t, 1))
	if again != first {
		t.Error("the one that idled for less time was closed")
	}
	if _, _, err := k.Hold(tenant(t, 2), true); err == nil || err.Error() != full {
		t.Errorf("all are held: got %v, want %s", err, full)
	}
	releaseAgain()
	anew, releaseAnew := requested(t, k, tenant(t, 2)) // in the place of the first
	if anew == second {
		t.Error("the one that idled for longest was kept")
	}
	if kept, release := requested(t, k, tenant(t, 3)); kept != third {
		t.Error("one that is held was closed")
	} else {
		release()
	}
	for _, release := range []func(){releaseThird, releaseFourth, releaseAnew} {
		release()
	}
}

// TestClosingOnesCount: not more than the bound are being closed while others are made.
func TestClosingOnesCount(t *testing.T) {
	k := testKafka(t, 2)
	k.pool.spare = 0
	proceed := make(chan struct{})
	for n := range 4 {
		c, release := requested(t, k, tenant(t, n+1))
		c.(*station).cluster.OnClose(func(context.Context) error {
			<-proceed
			return nil
		})
		release()
	}
	if _, _, err := k.Hold(tenant(t, 5), true); core.CodeOf(err) != core.CodeTooManyClients {
		t.Errorf("two idle and two that do not end: got %v, want %s", err, core.CodeTooManyClients)
	}
	close(proceed)
	eventually(t, "room", func() bool {
		_, release, err := k.Hold(tenant(t, 5), true)
		if err == nil {
			release()
		}
		return err == nil
	})
}

// TestConfigurationKeepsWhatARequestMade: it counts no more, and makes no room.
func TestConfigurationKeepsWhatARequestMade(t *testing.T) {
	k := testKafka(t, 1)
	k.pool.spare, k.pool.sweeps = 0, 10*time.Millisecond
	first, release := requested(t, k, tenant(t, 1))
	release()
	fixed, releaseFixed, err := k.Hold(tenant(t, 1), false)
	if err != nil || fixed != first {
		t.Fatalf("got another cluster, %v", err)
	}
	_, releaseOther := requested(t, k, tenant(t, 2))
	releaseOther()
	if again, release := requested(t, k, tenant(t, 1)); again != first {
		t.Error("it was closed")
	} else {
		release()
	}
	if s := k.Stats(); len(s.Clusters) != 1 || s.DynamicClients != 1 {
		t.Errorf("got %d clusters of the configuration and %d dynamic ones, want 1 and 1", len(s.Clusters), s.DynamicClients)
	}
	releaseFixed()
	_, releaseOther = requested(t, k, tenant(t, 3)) // makes room, but not of the configuration's
	releaseOther()
	if again, release, err := k.Hold(tenant(t, 1), false); err != nil || again != first {
		t.Errorf("idle, it was closed before its time: %v", err)
	} else {
		release()
	}
	k.pool.mu.Lock()
	k.pool.idle = 0
	k.pool.mu.Unlock()
	eventually(t, "an end to what the configuration no longer has", func() bool { return len(k.Stats().Clusters) == 0 })
}

// TestIdleOnesAreClosed: what they had to send is sent, and their groups are left.
func TestIdleOnesAreClosed(t *testing.T) {
	b, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "orders"),
		kfake.BrokerConfigs(map[string]string{"group.initial.rebalance.delay.ms": "0"}))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	k := testKafka(t, 1)
	k.pool.idle, k.pool.sweeps = 100*time.Millisecond, 10*time.Millisecond
	c, release := requested(t, k, targetOf(t, b.ListenAddrs()[0]))
	stream, err := c.Open(t.Context(), qos.Reading{
		Kind: endpoint.SSE, Level: endpoint.Balanced, Topics: []string{"orders"}, Reset: qos.Earliest, Group: "g",
	})
	if err != nil {
		t.Fatal(err)
	}
	sink, err := c.Sink(endpoint.None, "")
	if err != nil {
		t.Fatal(err)
	}
	sink.Send(&core.Record{Topic: "orders", Value: []byte("1")}, func(_ core.Receipt, err error) {
		if err != nil {
			t.Error(err)
		}
	})
	if err := stream.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if k.Stats().DynamicClients != 1 {
		t.Error("it was closed while it is held")
	}
	release()
	eventually(t, "no client", func() bool {
		now := k.pool.look()
		return len(now.dynamic)+len(now.closing) == 0
	})
	client, err := kgo.NewClient(kgo.SeedBrokers(b.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	ends, err := admin.ListEndOffsets(t.Context(), "orders")
	if end, ok := ends.Lookup("orders", 0); err != nil || !ok || end.Offset != 1 {
		t.Errorf("the topic ends at %d, %v, want the record of level none", end.Offset, err)
	}
	groups, err := admin.DescribeGroups(t.Context(), "g")
	if err != nil || len(groups["g"].Members) != 0 {
		t.Errorf("the group has %d members, %v, want none", len(groups["g"].Members), err)
	}
}

// TestHeldOnesAreNeverClosed: whatever comes and goes around them.
func TestHeldOnesAreNeverClosed(t *testing.T) {
	k := testKafka(t, 3)
	k.pool.spare, k.pool.idle, k.pool.sweeps = 0, 0, time.Millisecond
	var callers sync.WaitGroup
	for caller := range 8 {
		callers.Go(func() {
			for i := range 100 {
				c, release, err := k.Hold(tenant(t, 1+(caller+i)%5), true)
				if core.CodeOf(err) == core.CodeTooManyClients {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := c.(*station).cluster.Admin(); err != nil {
					t.Errorf("a cluster that is held: %v", err)
				}
				release()
			}
		})
	}
	callers.Wait()
	eventually(t, "no client", func() bool {
		now := k.pool.look()
		return len(now.dynamic)+len(now.closing) == 0
	})
}

// TestConfigurationsComeAndGo: 2,000 different ones, one after the other, leave nothing behind.
func TestConfigurationsComeAndGo(t *testing.T) {
	k := testKafka(t, 20)
	k.pool.spare = 0
	goroutines, served, most := runtime.NumGoroutine(), 0, 0
	for n := range 2000 {
		c, release, err := k.Hold(tenant(t, n+1), true)
		if core.CodeOf(err) == core.CodeTooManyClients {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Sink(endpoint.Balanced, ""); err != nil { // has goroutines of its own
			t.Fatal(err)
		}
		release()
		served++
		now := k.pool.look()
		most = max(most, len(now.dynamic)+len(now.closing))
	}
	if most > 40 || served < 40 {
		t.Errorf("%d were served, %d at the same time, want at most 40", served, most)
	}
	if n := runtime.NumGoroutine() - goroutines; n > 40*20 {
		t.Errorf("%d goroutines for 40 clusters", n)
	}
	k.pool.mu.Lock()
	defer k.pool.mu.Unlock()
	if len(k.pool.places) > 20 || k.pool.idling.Len() > 20 {
		t.Errorf("%d places, %d idle, want at most 20", len(k.pool.places), k.pool.idling.Len())
	}
}

func TestCloseWaitsForOneThatIsMade(t *testing.T) {
	k := testKafka(t, 1)
	build, began, proceed := k.pool.make, make(chan struct{}), make(chan struct{})
	k.pool.make = func(target cluster.Target, requested bool) (*station, error) {
		close(began)
		<-proceed
		return build(target, requested)
	}
	held := make(chan error, 1)
	go func() {
		_, _, err := k.Hold(tenant(t, 1), true)
		held <- err
	}()
	<-began
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("no time"))
	if err := k.Close(ctx); err == nil || err.Error() != "files of a client configuration are still being read: no time" {
		t.Errorf("got %v", err)
	}
	if _, _, err := k.Hold(tenant(t, 2), true); core.CodeOf(err) != core.CodeDraining {
		t.Errorf("after close: got %v, want %s", err, core.CodeDraining)
	}
	close(proceed)
	if err := <-held; core.CodeOf(err) != core.CodeDraining {
		t.Errorf("one that came too late: got %v, want %s", err, core.CodeDraining)
	}
}

// TestRefusalsAreBounded: memory does not grow with the number of bad credentials.
func TestRefusalsAreBounded(t *testing.T) {
	var r refusals
	now := time.Now()
	for i := range mostRefusals + 10 {
		r.add(refusal{fmt.Sprint(i), kerr.SaslAuthenticationFailed, now.Add(time.Minute)})
	}
	r.add(refusal{"20", kerr.SaslAuthenticationFailed, now.Add(2 * time.Minute)})
	if len(r.byKey) != mostRefusals || r.order.Len() != mostRefusals {
		t.Errorf("%d keys, %d in order, want %d", len(r.byKey), r.order.Len(), mostRefusals)
	}
	if r.of("9", now) != nil || r.of("10", now) == nil {
		t.Error("the oldest is forgotten, and no other")
	}
	if r.of("11", now.Add(time.Minute)) != nil || r.of("20", now.Add(time.Minute)) == nil {
		t.Error("each is remembered for its time")
	}
	if len(r.byKey) != 1 || r.order.Len() != 1 {
		t.Errorf("%d keys, %d in order, want the one that is not over", len(r.byKey), r.order.Len())
	}
}
