package compile

import (
	"math/rand/v2"
	"sync"

	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// balancer chooses among endpoints. Safe for concurrent use.
type balancer interface {
	// next gives an index of those that may be chosen, -1 when none may.
	next(may func(i int) bool) int
}

// newBalancer makes the balancer of a type, "" for round-robin; a weight below 1 counts as 1.
func newBalancer(kind endpoint.LoadBalancer, weights []int) balancer {
	usable := make([]int, len(weights))
	for i, weight := range weights {
		usable[i] = 1
		if kind == endpoint.WeightedRoundRobin || kind == endpoint.WeightedRandom {
			usable[i] = max(weight, 1)
		}
	}
	switch kind {
	case endpoint.Random, endpoint.WeightedRandom:
		return &lottery{weights: usable, draw: rand.IntN}
	case endpoint.WeightedRoundRobin:
		return &turns{weights: usable, credit: make([]int, len(usable))}
	}
	return &ring{size: len(weights)}
}

// ring gives each its turn.
type ring struct {
	size int

	mu    sync.Mutex
	first int // whose turn it is
}

func (r *ring) next(may func(int) bool) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k := range r.size {
		if i := (r.first + k) % r.size; may(i) {
			r.first = i + 1
			return i
		}
	}
	return -1
}

// turns gives each as many turns as it weighs, evenly spread: each turn everybody is credited with
// the own weight, and who has most pays with the sum of all weights.
type turns struct {
	weights []int

	mu     sync.Mutex
	credit []int
}

func (t *turns) next(may func(int) bool) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	chosen, sum := -1, 0
	for i, weight := range t.weights {
		if !may(i) {
			continue
		}
		sum += weight
		t.credit[i] += weight
		if chosen < 0 || t.credit[i] > t.credit[chosen] {
			chosen = i
		}
	}
	if chosen >= 0 {
		t.credit[chosen] -= sum
	}
	return chosen
}

// lottery draws, each with the probability that its weight has among all.
type lottery struct {
	weights []int
	draw    func(n int) int // in [0,n)
}

func (l *lottery) next(may func(int) bool) int {
	sum := 0
	allowed := make([]bool, len(l.weights))
	for i, weight := range l.weights {
		if allowed[i] = may(i); allowed[i] {
			sum += weight
		}
	}
	if sum == 0 {
		return -1
	}
	ticket := l.draw(sum)
	for i, weight := range l.weights {
		if !allowed[i] {
			continue
		}
		if ticket -= weight; ticket < 0 {
			return i
		}
	}
	return -1
}
