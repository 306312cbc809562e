package cluster

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func every(string) bool { return true }

func TestAllTopics(t *testing.T) {
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, "orders", "__mine"))
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	c := open(t, broker.ListenAddrs()[0])
	reader, err := c.NewClient("test", kgo.ConsumerGroup("g"), kgo.ConsumeTopics("orders"))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	topics, err := c.AllTopics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	orders := topics["orders"]
	if topics["__mine"] == nil || orders == nil || len(orders.Partitions) != 2 || orders.ID == [16]byte{} {
		t.Errorf("got %v, want __mine, and orders with 2 partitions and an id", topics)
	}
	l, err := NewCatalog(c.AllTopics, time.Second).List(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := l.Names(every); !slices.Equal(got, []string{"orders"}) {
		t.Errorf("names %v, want orders alone: the others are internal", got)
	}
}

// told is a catalog of what a test says.
type told struct {
	mu     sync.Mutex
	topics []string
	err    error
	calls  atomic.Int64
	hold   chan struct{} // nil: answers at once
}

func (f *told) say(names ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.topics = names
}

func (f *told) all(context.Context) (map[string]*Topic, error) {
	f.calls.Add(1)
	if f.hold != nil {
		<-f.hold
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	topics := map[string]*Topic{}
	for _, name := range f.topics {
		topics[name] = &Topic{ID: [16]byte{name[0]}}
	}
	return topics, f.err
}

func names(t *testing.T, c *Catalog, age time.Duration) []string {
	t.Helper()
	l, err := c.List(t.Context(), age)
	if err != nil {
		t.Fatal(err)
	}
	return l.Names(every)
}

// list gives the number of a new listing; it may be called by any goroutine.
func list(t *testing.T, c *Catalog) uint64 {
	t.Helper()
	l, err := c.List(t.Context(), 0)
	if err != nil {
		t.Error(err)
		return 0
	}
	return l.Number
}

func TestCatalogKeepsATopicThatIsMissingOnce(t *testing.T) {
	f := &told{}
	c := NewCatalog(f.all, time.Millisecond)
	f.say("a", "b")
	names(t, c, 0)
	f.say("b", "c")
	if got, want := names(t, c, 0), []string{"a", "b", "c"}; !slices.Equal(got, want) {
		t.Errorf("missing once: got %v, want %v", got, want)
	}
	time.Sleep(time.Millisecond)
	if got, want := names(t, c, 0), []string{"b", "c"}; !slices.Equal(got, want) {
		t.Errorf("missing twice: got %v, want %v", got, want)
	}
	f.say("a")
	names(t, c, 0)
	f.say("a", "b", "c")
	names(t, c, 0)
	time.Sleep(time.Millisecond)
	f.say("a")
	if got, want := names(t, c, 0), []string{"a", "b", "c"}; !slices.Equal(got, want) {
		t.Errorf("missing again: got %v, want %v", got, want)
	}
	slow := NewCatalog(f.all, time.Hour)
	f.say("a")
	names(t, slow, 0)
	f.say()
	names(t, slow, 0)
	if got := names(t, slow, 0); !slices.Equal(got, []string{"a"}) {
		t.Errorf("missing twice in a row, too soon: got %v, want a", got)
	}
}

func TestCatalogIsShared(t *testing.T) {
	f := &told{hold: make(chan struct{})}
	c := NewCatalog(f.all, time.Second)
	var first, rest sync.WaitGroup
	first.Go(func() { list(t, c) })
	for f.calls.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	var numbers sync.Map
	for range 20 {
		rest.Go(func() { numbers.Store(list(t, c), true) })
	}
	time.Sleep(10 * time.Millisecond) // whoever comes later asks on its own, which is right too
	close(f.hold)
	first.Wait()
	rest.Wait()
	if _, ok := numbers.Load(uint64(1)); ok {
		t.Error("an answer is older than its question")
	}
	calls := f.calls.Load()
	names(t, c, time.Hour)
	if got := f.calls.Load(); got != calls {
		t.Errorf("%d requests for a listing that is young enough", got-calls)
	}
	l, err := c.List(t.Context(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if next := c.NextNumber(); next <= l.Number {
		t.Errorf("number %d after %d", next, l.Number)
	}
}

func TestCatalogThatFails(t *testing.T) {
	broken := errors.New("broken")
	f := &told{err: broken}
	c := NewCatalog(f.all, time.Second)
	if _, err := c.List(t.Context(), 0); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	f.err = nil
	f.say("a")
	if got := names(t, c, 0); !slices.Equal(got, []string{"a"}) {
		t.Errorf("afterwards: got %v, want a", got)
	}
	f.hold = make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		list(t, c)
	}()
	for f.calls.Load() < 3 {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.List(ctx, 0); core.CodeOf(err) != core.CodeReadTimeout {
		t.Errorf("a caller that does not wait: got %v, want %s", err, core.CodeReadTimeout)
	}
	close(f.hold)
	<-done
}

func TestNoMatchingTopic(t *testing.T) {
	const want = `join group: FAILURE_TOPIC_NOT_FOUND: no topic matches the topic pattern: pattern "a.*"`
	err := NoMatchingTopic("join group", "a.*")
	if err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	var e *core.Error
	if !errors.As(err, &e) || e.Detail != "no topic matches the topic pattern" {
		t.Errorf("the client reads %+v", e)
	}
}
