package member

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// owners counts the partitions of each connection of the only member.
func (g *Groups) owners() map[qos.Stream]int {
	counts := make(map[qos.Stream]int)
	for _, m := range g.list() {
		m.mu.Lock()
		for _, p := range m.parts {
			if p.owner != nil {
				counts[p.owner]++
			}
		}
		m.mu.Unlock()
	}
	return counts
}

func TestPartitionsAreSpreadAndStay(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(5, "orders"))
	a := open(t, r.groups, reading("orders"))
	eventually(t, "5 partitions", func() bool { return r.groups.owners()[a] == 5 })
	b := open(t, r.groups, reading("orders"))
	if got := r.groups.owners(); got[a] != 3 || got[b] != 2 {
		t.Errorf("two connections: got %d and %d partitions, want 3 and 2", got[a], got[b])
	}
	c := open(t, r.groups, reading("orders"))
	if got := r.groups.owners(); got[a]+got[b]+got[c] != 5 || got[c] != 1 {
		t.Errorf("three connections: got %d, %d and %d partitions, want 2, 2 and 1", got[a], got[b], got[c])
	}
	closeStream(t, a)
	if got := r.groups.owners(); got[b]+got[c] != 5 || min(got[b], got[c]) != 2 {
		t.Errorf("after the first left: got %d and %d partitions, want 3 and 2", got[b], got[c])
	}
	closeStream(t, b)
	closeStream(t, c)
}

func TestConnectionBeyondThePartitionsWaits(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	first := attach(t, r.groups, reading("orders"))
	second := attach(t, r.groups, reading("orders"))
	r.write("orders", 0, numbers(0, 5)...)
	eventually(t, "5 records", func() bool { return len(first.values())+len(second.values()) == 5 })
	if n := len(second.values()); n != 0 {
		t.Errorf("the second connection got %d records of a partition that the first has", n)
	}
	first.close()
	r.write("orders", 0, numbers(5, 10)...)
	eventually(t, "the rest", func() bool { return len(second.values()) == 5 })
	if got := of(second.values(), 0); !slices.Equal(got, numbers(5, 10)) {
		t.Errorf("second connection: got %v", got)
	}
	second.close()
}

func TestUnsettledRecordsGoToTheNextConnection(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 9)...)
	first := open(t, r.groups, reading("orders"))
	b := poll(t, first, 6)
	second := open(t, r.groups, reading("orders"))
	first.Settle(b, 2)
	closeStream(t, first)

	var got []string
	for len(got) < 7 {
		b := poll(t, second, 0)
		for i := range b.Len() {
			got = append(got, string(b.Record(i).Value))
		}
		second.Settle(b, b.Len())
	}
	if !slices.Equal(got, numbers(2, 9)) {
		t.Errorf("got %v, want 2 to 8 in order", got)
	}
	closeStream(t, second)
	if at := committed(t, r, "orders", 0); at != 9 {
		t.Errorf("committed %d, want 9", at)
	}
}

func TestPartitionMovesWhenItsWritesLanded(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(2, "orders"))
	r.write("orders", 0, numbers(0, 4)...)
	r.write("orders", 1, numbers(0, 4)...)
	first := open(t, r.groups, reading("orders"))
	seen := map[string]int{}
	flying := poll(t, first, 2) // of one partition or the other
	eventually(t, "the other partition", func() bool { return r.groups.Stats().Bytes > 2*flying.Record(0).Size() })

	second := attach(t, r.groups, reading("orders"))
	for i := range flying.Len() {
		seen[show(flying.Record(i))]++
	}
	first.Settle(flying, flying.Len())
	for len(seen) < 8 {
		b, wait, err := first.Poll(0)
		if err != nil {
			t.Fatal(err)
		}
		if b != nil {
			for i := range b.Len() {
				seen[show(b.Record(i))]++
			}
			first.Settle(b, b.Len())
			continue
		}
		if len(seen)+len(second.values()) >= 8 {
			break
		}
		select {
		case <-wait:
		case <-time.After(10 * time.Millisecond):
		}
	}
	for _, v := range second.values() {
		seen[v]++
	}
	if len(seen) != 8 {
		t.Errorf("got %d records, want 8: %v", len(seen), seen)
	}
	for v, n := range seen {
		if n != 1 {
			t.Errorf("%s was delivered %d times", v, n)
		}
	}
	if len(second.values()) == 0 {
		t.Error("the second connection got nothing")
	}
	closeStream(t, first)
	second.close()
}

func TestSlowConnectionHoldsBackItsOwnPartitionsOnly(t *testing.T) {
	const limit = 16 << 10
	r := newRig(t, Config{BytesPerStream: limit}, kfake.SeedTopics(2, "orders"))
	slow := open(t, r.groups, reading("orders"))
	quick := attach(t, r.groups, reading("orders"))
	eventually(t, "one partition each", func() bool { return len(r.groups.owners()) == 2 })
	values := make([]string, 100)
	for i := range values {
		values[i] = fmt.Sprintf("%04d%01000d", i, 0)
	}
	for p := range int32(2) {
		r.write("orders", p, values...)
		r.write("orders", p, values...)
	}
	eventually(t, "200 records for the quick one", func() bool { return len(quick.values()) == 200 })
	if load := r.groups.Stats().Bytes; load > 8*limit {
		t.Errorf("the slow connection holds %d bytes, its bound is %d and one fetch", load, limit)
	}
	// Nothing is lost for the slow one, and nothing comes twice.
	n := 0
	for n < 200 {
		b := poll(t, slow, 7)
		for i := range b.Len() {
			if want := values[n%100]; string(b.Record(i).Value) != want {
				t.Fatalf("record %d: got %.8s, want %.8s", n, b.Record(i).Value, want)
			}
			n++
		}
		slow.Settle(b, b.Len())
	}
	closeStream(t, slow)
	quick.close()
}

// TestTwoProcesses: a group spreads over two processes and shrinks again, without loss and
// without doubles.
func TestTwoProcesses(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(4, "orders"))
	_, other := r.process(Config{})
	first := attach(t, r.groups, reading("orders"))
	eventually(t, "4 partitions", func() bool { return r.groups.owners()[first.stream] == 4 })
	next := 0
	write := func(n int) {
		for range n {
			r.write("orders", int32(next%4), fmt.Sprint(next))
			next++
		}
	}
	write(40)
	second := attach(t, other, reading("orders"))
	write(40)
	eventually(t, "2 partitions each", func() bool {
		write(1)
		return r.groups.owners()[first.stream] == 2 && other.owners()[second.stream] == 2
	})
	write(40)
	eventually(t, "all records", func() bool { return len(first.values())+len(second.values()) >= next })
	first.close()
	write(40)
	eventually(t, "all records", func() bool { return len(first.values())+len(second.values()) >= next })
	second.close()

	seen := map[string]int{}
	for _, v := range append(first.values(), second.values()...) {
		seen[v]++
	}
	for i := range next {
		if v := fmt.Sprintf("%d:%d", i%4, i); seen[v] != 1 {
			t.Errorf("%s was delivered %d times", v, seen[v])
		}
	}
	if len(second.values()) < 40 {
		t.Errorf("the second process got %d records", len(second.values()))
	}
}

func TestTopicsAndPartitionsThatAppearLater(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	latest := reading("orders", "later")
	latest.Reset = qos.Latest
	c := attach(t, r.groups, latest)
	if err := r.broker.CreateTopic("later", 1, nil); err != nil {
		t.Fatal(err)
	}
	r.write("later", 0, "first")
	eventually(t, "the first record of a new topic", func() bool { return len(c.values()) == 1 })

	r.writer.PurgeTopicsFromProducing("orders")
	if _, err := kadm.NewClient(r.writer).CreatePartitions(t.Context(), 1, "orders"); err != nil {
		t.Fatal(err)
	}
	r.write("orders", 1, "second")
	eventually(t, "the first record of a new partition", func() bool { return len(c.values()) == 2 })
	c.close()
	if got, want := c.values(), []string{"0:first", "1:second"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTopicDeletedAndMadeAgain(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders", "others"))
	latest := reading("orders", "others")
	latest.Reset = qos.Latest
	c := attach(t, r.groups, latest)
	r.write("orders", 0, "a", "b", "c")
	eventually(t, "3 records", func() bool { return len(c.values()) == 3 })
	if err := r.broker.DeleteTopic("orders"); err != nil {
		t.Fatal(err)
	}
	if err := r.broker.CreateTopic("orders", 1, nil); err != nil {
		t.Fatal(err)
	}
	r.writer.PurgeTopicsFromProducing("orders")
	r.write("orders", 0, "new")
	eventually(t, "the record of the new topic", func() bool { return len(c.values()) == 4 })
	if got := c.values()[3]; got != "0:new" {
		t.Errorf("got %s, want 0:new", got)
	}
	c.close()
}
