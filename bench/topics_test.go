package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// connected is a rig on a broker of somebody else; topics exist there.
func connected(t *testing.T, topics ...string) *rig {
	t.Helper()
	k, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, topics...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	address := k.ListenAddrs()[0]
	return &rig{
		options: &options{bootstrap: address}, dir: t.TempDir(),
		broker: &broker{address: address, stop: func() error { return nil }},
	}
}

// names lists the topics, by a client that remembers none.
func names(t *testing.T, r *rig) []string {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(r.broker.address))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	found, err := kadm.NewClient(client).ListTopics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return found.Names()
}

func TestTopicsAreRemoved(t *testing.T) {
	r := connected(t, "orders")
	if err := r.connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"bench.events", "bench.records", "bench.stream.base", "bench.stream.copy", "bench.stream.gateway", "orders"}
	if diff := cmp.Diff(want, names(t, r)); diff != "" {
		t.Errorf("while it runs (-want +got):\n%s", diff)
	}
	if err := r.close(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"orders"}, names(t, r)); diff != "" {
		t.Errorf("afterwards (-want +got):\n%s", diff)
	}
}

// TestTopicsOfOthersStay: a topic that was there before is an error, and is not removed.
func TestTopicsOfOthersStay(t *testing.T) {
	for _, taken := range []string{"bench.events", "bench.stream.gateway"} {
		r := connected(t, taken)
		err := r.connect(t.Context())
		want := `create topic "` + taken + `": TOPIC_ALREADY_EXISTS: Topic with this name already exists.: another run left it, or is using this broker`
		if err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
		if err := r.close(); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{taken}, names(t, r)); diff != "" {
			t.Errorf("%s: afterwards (-want +got):\n%s", taken, diff)
		}
	}
}
