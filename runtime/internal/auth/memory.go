package auth

import (
	"crypto/sha256"
	"sync"
	"time"
)

// rememberedFor is how long credentials that were right are not checked again: a password takes
// tens of milliseconds of a processor, a signature some tenths of one.
const rememberedFor = time.Minute

// memory is a bounded set of credentials that were right, by a hash of them, with what they have
// proved. Safe for concurrent use.
type memory[V any] struct {
	most int
	now  func() time.Time

	mu      sync.Mutex
	entries map[[sha256.Size]byte]memorized[V]
}

type memorized[V any] struct {
	value V
	until time.Time
}

func newMemory[V any](most int) *memory[V] {
	return &memory[V]{most: most, now: time.Now, entries: map[[sha256.Size]byte]memorized[V]{}}
}

// get finds what credentials have proved within the last minute.
func (m *memory[V]) get(key [sha256.Size]byte) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[key]
	if ok && m.now().After(e.until) {
		delete(m.entries, key)
		return value, false
	}
	return e.value, ok
}

// put notes that credentials were right. When there are too many, those that are over go, and of
// the others as many as make room for a while.
func (m *memory[V]) put(key [sha256.Size]byte, value V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if len(m.entries) >= m.most {
		for old, e := range m.entries {
			if now.After(e.until) {
				delete(m.entries, old)
			}
		}
		for old := range m.entries { // in no order
			if len(m.entries) <= m.most-m.most/4 {
				break
			}
			delete(m.entries, old)
		}
	}
	m.entries[key] = memorized[V]{value, now.Add(rememberedFor)}
}
