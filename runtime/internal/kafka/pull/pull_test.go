package pull

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

func TestPullsGoOn(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 5)...)
	if got, want := r.page(reading("orders"), 2), []string{"0:0", "0:1"}; !slices.Equal(got, want) {
		t.Errorf("first: got %v, want %v", got, want)
	}
	if got, want := r.page(reading("orders"), 3), []string{"0:2", "0:3", "0:4"}; !slices.Equal(got, want) {
		t.Errorf("second: got %v, want %v", got, want)
	}
	if got := r.page(reading("orders"), 0); len(got) != 0 {
		t.Errorf("third: got %v, want nothing", got)
	}
}

func TestSettledAloneIsCommitted(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 5)...)
	s := r.open(reading("orders"))
	var first *qos.Batch
	for first == nil {
		b, ready, err := s.Poll(3)
		if err != nil {
			t.Fatal(err)
		}
		if first = b; b == nil {
			<-ready
		}
	}
	second, _, err := s.Poll(0)
	if err != nil || second.Len() != 2 {
		t.Fatalf("second batch: got %v, %v, want 2 records", second, err)
	}
	s.Settle(first, 2)
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := r.page(reading("orders"), 3), []string{"0:2", "0:3", "0:4"}; !slices.Equal(got, want) {
		t.Errorf("next pull: got %v, want %v", got, want)
	}
}

func TestLatestStaysWhereItsFirstPullBegan(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(2, "orders"))
	r.write("orders", 0, "before")
	latest := reading("orders")
	latest.Reset = qos.Latest
	if got := r.page(latest, 0); len(got) != 0 {
		t.Errorf("first: got %v, want nothing", got)
	}
	r.write("orders", 0, "between")
	if got, want := r.page(latest, 1), []string{"0:between"}; !slices.Equal(got, want) {
		t.Errorf("second: got %v, want %v", got, want)
	}
	// A partition that came later begins at its start, although the level is latest.
	admin := kadm.NewClient(r.writer)
	r.writer.PurgeTopicsFromProducing("orders")
	if _, err := admin.CreatePartitions(t.Context(), 1, "orders"); err != nil {
		t.Fatal(err)
	}
	r.write("orders", 2, "new")
	if got, want := r.page(latest, 1), []string{"2:new"}; !slices.Equal(got, want) {
		t.Errorf("third: got %v, want %v", got, want)
	}
}

func TestTopicThatAppearsDuringThePull(t *testing.T) {
	r := newRig(t, Config{TopicRefresh: 10 * time.Millisecond})
	latest := reading("orders")
	latest.Reset = qos.Latest
	s := r.open(latest)
	if err := r.broker.CreateTopic("orders", 1, nil); err != nil {
		t.Fatal(err)
	}
	r.write("orders", 0, "first")
	for {
		b, ready, err := s.Poll(0)
		if err != nil {
			t.Fatal(err)
		}
		if b == nil {
			<-ready
			continue
		}
		if got := string(b.Record(0).Value); got != "first" {
			t.Errorf("got %q, want first", got)
		}
		break
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestTurns(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, "a", "b")
	first := r.open(reading("orders"))

	hasty := reading("orders")
	hasty.Wait = 10 * time.Millisecond
	if got := r.page(hasty, 0); len(got) != 0 {
		t.Errorf("a pull without its turn: got %v, want nothing", got)
	}
	other := reading("orders")
	other.Group = "h.pull"
	if got, want := r.page(other, 1), []string{"0:a"}; !slices.Equal(got, want) {
		t.Errorf("another group: got %v, want %v", got, want)
	}
	second := make(chan []string)
	go func() { second <- r.page(reading("orders"), 2) }()
	select {
	case got := <-second:
		t.Errorf("two pulls of a group at once: the second got %v", got)
	case <-time.After(50 * time.Millisecond):
	}
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := <-second, []string{"0:a", "0:b"}; !slices.Equal(got, want) {
		t.Errorf("after its turn came: got %v, want %v", got, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	held := r.open(reading("orders"))
	cancel()
	if _, err := r.pulls.Open(ctx, reading("orders")); core.CodeOf(err) != core.CodeReadTimeout {
		t.Errorf("request gone while it waits: got %v, want %s", err, core.CodeReadTimeout)
	}
	if err := held.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(r.pulls.turns.groups); n != 0 {
		t.Errorf("%d groups are remembered without pulls", n)
	}
}

func TestGroupWithMembers(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, "a")
	running := r.open(reading("orders"))
	b, ready, err := running.Poll(0)
	for b == nil && err == nil {
		<-ready
		b, ready, err = running.Poll(0)
	}
	if err != nil {
		t.Fatal(err)
	}
	joined := make(chan struct{})
	member, err := r.cluster.NewClient("test", kgo.ConsumerGroup("g.pull"), kgo.ConsumeTopics("orders"),
		kgo.OnPartitionsAssigned(func(context.Context, *kgo.Client, map[string][]int32) { close(joined) }))
	if err != nil {
		t.Fatal(err)
	}
	defer member.Close()
	<-joined
	const want = "pull: FAILURE_GROUP_IN_USE: the consumer group has live members: close its streams before a pull: group has 1 live members"
	if _, err := r.pulls.open(t.Context(), reading("orders"), cursor.Cursor{}); err == nil || err.Error() != want {
		t.Errorf("open: got %v, want %s", err, want)
	}
	running.Settle(b, b.Len())
	if err := running.Close(t.Context()); core.CodeOf(err) != core.CodeGroupInUse {
		t.Errorf("commit of a pull that began before: got %v, want %s", err, core.CodeGroupInUse)
	}
}

func TestStartErrors(t *testing.T) {
	r := newRig(t, Config{Readers: 1}, kfake.SeedTopics(1, "orders"))
	none, check := reading("orders"), reading("absent")
	none.Reset, check.CheckTopic = qos.NoReset, true
	for _, tt := range []struct {
		reading qos.Reading
		want    string
	}{
		{none, "FAILURE_NO_INITIAL_OFFSET: the group has no committed offset and autoOffsetReset is none"},
		{check, `pull: FAILURE_TOPIC_NOT_FOUND: topic "absent" does not exist`},
	} {
		if _, err := r.pulls.Open(t.Context(), tt.reading); err == nil || err.Error() != tt.want {
			t.Errorf("%v: got %v, want %s", tt.reading.Topics, err, tt.want)
		}
	}
	s := r.open(reading("orders"))
	other := reading("orders")
	other.Group = "h.pull"
	if _, err := r.pulls.Open(t.Context(), other); core.CodeOf(err) != core.CodeTooManyClients {
		t.Errorf("second reader of one: got %v, want %s", err, core.CodeTooManyClients)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestCommitOutsideTheLog(t *testing.T) {
	r := newRig(t, Config{}, kfake.SeedTopics(1, "orders"))
	r.write("orders", 0, numbers(0, 6)...)
	r.page(reading("orders"), 2)
	var offsets kadm.Offsets
	offsets.AddOffset("orders", 0, 4, -1)
	if _, err := kadm.NewClient(r.writer).DeleteRecords(t.Context(), offsets); err != nil {
		t.Fatal(err)
	}
	none := reading("orders")
	none.Reset = qos.NoReset
	const want = "FAILURE_NO_INITIAL_OFFSET: the committed offset is not in the log and autoOffsetReset is none"
	if _, err := r.pulls.Open(t.Context(), none); err == nil || err.Error() != want {
		t.Errorf("none: got %v, want %s", err, want)
	}
	latest := reading("orders")
	latest.Reset = qos.Latest
	if got, want := r.page(latest, 1), []string{"0:4"}; !slices.Equal(got, want) {
		t.Errorf("latest: got %v, want %v, the oldest", got, want)
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
		changed.Value = []byte(strings.ToUpper(string(rec.Value)))
		return &changed, nil
	}}
	s := r.open(read)
	var b *qos.Batch
	for b == nil {
		next, ready, err := s.Poll(0)
		if err != nil {
			t.Fatal(err)
		}
		if b = next; b == nil {
			<-ready
		}
	}
	if b.Len() != 3 || string(b.Record(0).Value) != "A" || b.Record(1) != nil || string(b.Record(2).Value) != "B" {
		t.Errorf("batch: got %d records", b.Len())
	}
	if _, _, err := s.Poll(0); !errors.Is(err, refused) {
		t.Errorf("after the batch: got %v, want the hook's error", err)
	}
	s.Settle(b, b.Len())
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := r.page(reading("orders"), 2), []string{"0:fail", "0:c"}; !slices.Equal(got, want) {
		t.Errorf("next pull: got %v, want %v", got, want)
	}
}

// BenchmarkPull is one pull of 100 waiting records, with the commit.
func BenchmarkPull(b *testing.B) {
	r := newRig(b, Config{}, kfake.SeedTopics(1, "orders"))
	values := numbers(0, 100)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		r.write("orders", 0, values...)
		b.StartTimer()
		if got := r.page(reading("orders"), 100); len(got) != 100 {
			b.Fatalf("got %d records", len(got))
		}
	}
}
