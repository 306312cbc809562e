package compile

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

func anyone(int) bool { return true }

func take(b balancer, n int, may func(int) bool) []int {
	list := make([]int, n)
	for k := range list {
		list[k] = b.next(may)
	}
	return list
}

func TestBalancers(t *testing.T) {
	for _, test := range []struct {
		name    string
		kind    endpoint.LoadBalancer
		weights []int
		want    []int
	}{
		{"default", "", []int{9, 1, 1}, []int{0, 1, 2, 0, 1, 2}},
		{"round-robin", endpoint.RoundRobin, []int{9, 1}, []int{0, 1, 0, 1}},
		{"weights 9 and 1", endpoint.WeightedRoundRobin, []int{9, 1}, []int{0, 0, 0, 0, 0, 1, 0, 0, 0, 0}},
		{"weights 5, 1 and 1", endpoint.WeightedRoundRobin, []int{5, 1, 1}, []int{0, 0, 1, 0, 2, 0, 0}},
		{"weights below 1 count as 1", endpoint.WeightedRoundRobin, []int{0, -3}, []int{0, 1, 0, 1}},
	} {
		b := newBalancer(test.kind, test.weights)
		for cycle := range 3 {
			if got := take(b, len(test.want), anyone); !slices.Equal(got, test.want) {
				t.Errorf("%s, cycle %d: got %v, want %v", test.name, cycle, got, test.want)
			}
		}
	}
}

func TestWeightsHoldUnderConcurrency(t *testing.T) {
	b := newBalancer(endpoint.WeightedRoundRobin, []int{9, 1})
	var counts [2]atomic.Int64
	var running sync.WaitGroup
	for range 10 {
		running.Go(func() {
			for range 100 {
				counts[b.next(anyone)].Add(1)
			}
		})
	}
	running.Wait()
	if counts[0].Load() != 900 || counts[1].Load() != 100 {
		t.Errorf("got %d and %d, want 900 and 100", counts[0].Load(), counts[1].Load())
	}
}

func TestLottery(t *testing.T) {
	for _, test := range []struct {
		kind    endpoint.LoadBalancer
		weights []int
		may     func(int) bool
		want    []int // for each ticket
	}{
		{endpoint.Random, []int{9, 1}, anyone, []int{0, 1}},
		{endpoint.WeightedRandom, []int{2, 0, 1}, anyone, []int{0, 0, 1, 2}},
		{endpoint.WeightedRandom, []int{2, 1, 1}, func(i int) bool { return i != 0 }, []int{1, 2}},
	} {
		l, ok := newBalancer(test.kind, test.weights).(*lottery)
		if !ok {
			t.Fatalf("%s draws no lots", test.kind)
		}
		for ticket, want := range test.want {
			l.draw = func(n int) int {
				if n != len(test.want) {
					t.Errorf("%s %v: drawn among %d, want %d", test.kind, test.weights, n, len(test.want))
				}
				return ticket
			}
			if got := l.next(test.may); got != want {
				t.Errorf("%s %v, ticket %d: got %d, want %d", test.kind, test.weights, ticket, got, want)
			}
		}
	}
}

func TestBalancersPassOver(t *testing.T) {
	second := func(i int) bool { return i == 1 }
	nobody := func(int) bool { return false }
	for _, kind := range []endpoint.LoadBalancer{endpoint.RoundRobin, endpoint.WeightedRoundRobin, endpoint.Random, endpoint.WeightedRandom} {
		b := newBalancer(kind, []int{3, 1, 1})
		if got := take(b, 4, second); !slices.Equal(got, []int{1, 1, 1, 1}) {
			t.Errorf("%s: got %v, want the second only", kind, got)
		}
		if got := b.next(nobody); got != -1 {
			t.Errorf("%s: got %d where none may be chosen", kind, got)
		}
		if got := newBalancer(kind, nil).next(anyone); got != -1 {
			t.Errorf("%s: got %d of none", kind, got)
		}
	}
}
