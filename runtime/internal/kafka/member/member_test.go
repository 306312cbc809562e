package member

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
	"github.com/penstock-dev/penstock/test/ports"
)

func TestReadsInOrderAndResumes(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(2, "orders"))
	r.write("orders", 0, numbers(0, 10)...)
	r.write("orders", 1, numbers(0, 10)...)
	c := attach(t, r.groups, reading("orders"))
	eventually(t, "20 records", func() bool { return len(c.values()) == 20 })
	for p := range 2 {
		if got := of(c.values(), p); !slices.Equal(got, numbers(0, 10)) {
			t.Errorf("partition %d: got %v", p, got)
		}
	}
	c.close()
	r.write("orders", 1, numbers(10, 12)...)
	c = attach(t, r.groups, reading("orders"))
	eventually(t, "2 new records", func() bool { return len(c.values()) >= 2 })
	c.close()
	if got, want := c.values(), []string{"1:10", "1:11"}; !slices.Equal(got, want) {
		t.Errorf("after the commit: got %v, want %v", got, want)
	}
}

func TestLatestMissesNothingAfterOpen(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, "before")
	latest := reading("orders")
	latest.Reset = qos.Latest
	s := open(t, r.groups, latest)
	r.write("orders", 0, "after") // perhaps before the group has assigned anything
	b := poll(t, s, 0)
	if b.Len() != 1 || show(b.Record(0)) != "0:after" {
		t.Errorf("first record: got %s", show(b.Record(0)))
	}
	// It was not settled, but the start was committed: the group goes on from there.
	closeStream(t, s)
	s = open(t, r.groups, latest)
	if got := show(poll(t, s, 0).Record(0)); got != "0:after" {
		t.Errorf("second connection: got %s, want 0:after", got)
	}
	closeStream(t, s)
}

func TestLeavesWithItsLastConnection(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	a, b := open(t, r.groups, reading("orders")), open(t, r.groups, reading("orders"))
	members := func() int {
		info := r.broker.GroupInfo("g")
		if info == nil {
			return 0
		}
		return len(info.Members)
	}
	eventually(t, "one member for two connections", func() bool { return members() == 1 })
	closeStream(t, a)
	if n := members(); n != 1 {
		t.Errorf("after the first close: got %d members, want 1", n)
	}
	closeStream(t, b)
	if n := members(); n != 0 {
		t.Errorf("after the last close: got %d members, want 0", n)
	}
	if n := r.groups.limit.Used(); n != 0 {
		t.Errorf("limit still counts %d", n)
	}
}

func TestSettledAloneIsCommitted(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 5)...)
	s := open(t, r.groups, reading("orders"))
	b := poll(t, s, 0)
	if b.Len() != 5 || b.HasIDs() {
		t.Fatalf("first batch: got %d records, ids %v, want 5 without ids", b.Len(), b.HasIDs())
	}
	s.Settle(b, 2)
	s.Settle(b, 3)
	eventually(t, "commit of 3 by the timer", func() bool { return committed(t, r, "orders", 0) == 3 })
	closeStream(t, s)
	s = open(t, r.groups, reading("orders"))
	if got := show(poll(t, s, 1).Record(0)); got != "0:3" {
		t.Errorf("next connection begins with %s, want 0:3", got)
	}
	closeStream(t, s)
}

func committed(t testing.TB, r *rig, topic string, partition int32) int64 {
	t.Helper()
	c, err := r.cluster.Committed(t.Context(), "g")
	if err != nil {
		t.Fatal(err)
	}
	at, ok := c.At(topic, partition)
	if !ok {
		return -1
	}
	return at
}

func TestNoResetNeedsCommits(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, "a", "b")
	none := reading("orders")
	none.Reset = qos.NoReset
	_, err := r.groups.Open(t.Context(), none)
	const want = "FAILURE_NO_INITIAL_OFFSET: the group has no committed offset and autoOffsetReset is none"
	if err == nil || err.Error() != want {
		t.Fatalf("got %v, want %s", err, want)
	}
	s := open(t, r.groups, reading("orders"))
	s.Settle(poll(t, s, 1), 1)
	closeStream(t, s)
	s = open(t, r.groups, none)
	if got := show(poll(t, s, 1).Record(0)); got != "0:b" {
		t.Errorf("with a commit: got %s, want 0:b", got)
	}
	closeStream(t, s)
}

func TestCommitOutsideTheLog(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 6)...)
	s := open(t, r.groups, reading("orders"))
	s.Settle(poll(t, s, 1), 1)
	closeStream(t, s)
	deleteRecords(t, r, "orders", 0, 4)

	s = open(t, r.groups, reading("orders"))
	if got := show(poll(t, s, 1).Record(0)); got != "0:4" {
		t.Errorf("earliest: got %s, want 0:4, the oldest", got)
	}
	closeStream(t, s)

	r.write("orders", 0, numbers(6, 9)...)
	deleteRecords(t, r, "orders", 0, 7)
	none := reading("orders")
	none.Reset = qos.NoReset
	c := attach(t, r.groups, none)
	eventually(t, "the end of the stream", func() bool { return c.failure() != nil })
	if got := core.CodeOf(c.failure()); got != core.CodeNoInitialOffset {
		t.Errorf("none: got %v, want %s", c.failure(), core.CodeNoInitialOffset)
	}
	c.close()
}

func deleteRecords(t testing.TB, r *rig, topic string, partition int32, to int64) {
	t.Helper()
	admin, err := r.cluster.Admin()
	if err != nil {
		t.Fatal(err)
	}
	var offsets kadm.Offsets
	offsets.AddOffset(topic, partition, to, -1)
	if _, err := admin.DeleteRecords(t.Context(), offsets); err != nil {
		t.Fatal(err)
	}
}

func TestHook(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, "a", "skip", "b", "fail", "c")
	refused := errors.New("refused")
	read := reading("orders")
	read.Transform = &qos.Transform{Apply: func(_ context.Context, rec *core.Record) (*core.Record, error) {
		switch string(rec.Value) {
		case "skip":
			return nil, core.ErrSkip
		case "fail":
			return nil, refused
		}
		changed := *rec
		changed.Value = append([]byte("new "), rec.Value...)
		return &changed, nil
	}}
	c := attach(t, r.groups, read)
	eventually(t, "the end of the stream", func() bool { return c.failure() != nil })
	if !errors.Is(c.failure(), refused) {
		t.Errorf("got %v, want the hook's error", c.failure())
	}
	if got, want := c.values(), []string{"0:new a", "0:new b"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	c.close()
	if got := committed(t, r, "orders", 0); got != 3 {
		t.Errorf("committed %d, want 3: the skipped record is settled, the failed one is not", got)
	}
}

func TestLimit(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	var streams []qos.Stream
	for _, group := range []string{"a", "b"} {
		read := reading("orders")
		read.Group = group
		streams = append(streams, open(t, r.groups, read))
	}
	_, err := r.groups.Open(t.Context(), reading("orders"))
	if core.CodeOf(err) != core.CodeTooManyClients {
		t.Errorf("third member: got %v, want %s", err, core.CodeTooManyClients)
	}
	for _, s := range streams {
		closeStream(t, s)
	}
	s := open(t, r.groups, reading("orders"))
	closeStream(t, s)
}

func TestMissingTopic(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	check := reading("orders", "absent")
	check.CheckTopic = true
	_, err := r.groups.Open(t.Context(), check)
	const want = `join group: FAILURE_TOPIC_NOT_FOUND: topic "absent" does not exist`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestCloseOfTheSetEndsStreams(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	c := attach(t, r.groups, reading("orders"))
	go func() {
		<-c.done
		c.close()
	}()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := r.groups.Close(ctx); err != nil {
		t.Error(err)
	}
	if got := core.CodeOf(c.failure()); got != core.CodeDraining {
		t.Errorf("stream: got %v, want %s", c.failure(), core.CodeDraining)
	}
	if _, err := r.groups.Open(t.Context(), reading("orders")); core.CodeOf(err) != core.CodeDraining {
		t.Errorf("open: got %v, want %s", err, core.CodeDraining)
	}
}

func TestBrokerGoneForLongEndsStreams(t *testing.T) {
	r := newRig(t, Config{Unreachable: 50 * time.Millisecond}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, "a")
	c := attach(t, r.groups, reading("orders"))
	eventually(t, "one record", func() bool { return len(c.values()) == 1 })
	r.broker.Close()
	eventually(t, "the end of the stream", func() bool { return c.failure() != nil })
	if got := core.CodeOf(c.failure()); got != core.CodeBrokerUnavailable {
		t.Errorf("stream: got %v, want %s", c.failure(), core.CodeBrokerUnavailable)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		_ = c.stream.Close(ctx) // what was not committed cannot be now
	}()
	select {
	case <-closed:
	case <-time.After(patience):
		t.Fatal("close waits for a broker that is gone")
	}
	if _, err := r.groups.Open(t.Context(), reading("orders")); core.CodeOf(err) != core.CodeBrokerUnavailable {
		t.Errorf("open: got %v, want %s", err, core.CodeBrokerUnavailable)
	}
}

func TestBrokerGoneForAMoment(t *testing.T) {
	dir := t.TempDir()
	port, err := ports.Free()
	if err != nil {
		t.Fatal(err)
	}
	first, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.DataDir(dir), kfake.Ports(port), kfake.SeedTopics(1, "orders"))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, broker: first}
	r.cluster, r.groups = r.process(Config{})
	r.writer, err = r.cluster.NewClient("test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.writer.Close() })
	r.write("orders", 0, "a")
	c := attach(t, r.groups, reading("orders"))
	eventually(t, "one record", func() bool { return len(c.values()) == 1 })
	eventually(t, "its commit", func() bool { return committed(t, r, "orders", 0) == 1 })
	first.Close()
	eventually(t, "that Kafka is away", func() bool { return r.cluster.Refusing() != nil })
	again, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.DataDir(dir), kfake.Ports(port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(again.Close)
	eventually(t, "that Kafka is back", func() bool { return r.cluster.Refusing() == nil })
	r.write("orders", 0, "b")
	eventually(t, "the next record", func() bool { return len(c.values()) == 2 })
	c.close()
	if got, want := c.values(), []string{"0:a", "0:b"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestLostGroupGoesOnWhereItWas: a member that the group forgot, as after a restart of its broker,
// joins again. What it delivered and could not commit does not come twice.
func TestLostGroupGoesOnWhereItWas(t *testing.T) {
	r := newRig(t, Config{CommitInterval: time.Hour}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 10)...)
	c := attach(t, r.groups, reading("orders"))
	eventually(t, "10 records", func() bool { return len(c.values()) == 10 })
	forgotten := r.broker.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Heartbeat}, Err: kerr.UnknownMemberID, Count: 1})
	eventually(t, "a refused heartbeat", func() bool { return forgotten.Hits() == 1 })
	r.write("orders", 0, numbers(10, 12)...)
	eventually(t, "2 new records", func() bool { return len(c.values()) >= 12 })
	c.close()
	if got, want := of(c.values(), 0), numbers(0, 12); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := committed(t, r, "orders", 0); got != 12 {
		t.Errorf("committed %d, want 12", got)
	}
}
