package auth

import (
	"testing"
	"time"
)

func TestMemory(t *testing.T) {
	m := newMemory[int](8)
	key := func(i int) [32]byte { return [32]byte{byte(i), byte(i >> 8)} }
	m.put(key(1), 10)
	if got, ok := m.get(key(1)); got != 10 || !ok {
		t.Errorf("got %d, %v", got, ok)
	}
	if _, ok := m.get(key(2)); ok {
		t.Error("something is remembered that was never there")
	}
	m.entries[key(1)] = memorized[int]{10, time.Now().Add(-time.Second)}
	if got, ok := m.get(key(1)); got != 0 || ok || len(m.entries) != 0 {
		t.Errorf("remembered for ever: %d, %v", got, ok)
	}
	for i := range 8 {
		m.entries[key(i)] = memorized[int]{i, time.Now().Add(-time.Second)}
	}
	m.put(key(100), 100)
	if len(m.entries) != 1 {
		t.Errorf("%d entries, want only the new one", len(m.entries))
	}
	for i := range 1000 {
		m.put(key(i), i)
		if len(m.entries) > 8 {
			t.Fatalf("%d entries", len(m.entries))
		}
		if got, ok := m.get(key(i)); got != i || !ok {
			t.Fatalf("%d is not remembered", i)
		}
	}
}
