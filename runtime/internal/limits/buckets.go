package limits

import (
	"container/list"
	"net/netip"
	"sync"
	"time"
)

// Buckets is a bounded table of token buckets, one for each key. The key that was used least
// recently is forgotten when there are too many. Safe for concurrent use.
type Buckets struct {
	rate  float64 // tokens in a second
	burst float64 // that a bucket holds
	most  int     // keys
	now   func() time.Time

	mu     sync.Mutex
	byKey  map[string]*list.Element
	recent *list.List // of *bucket, the one used last in front
}

type bucket struct {
	key    string
	tokens float64
	at     time.Time
}

// NewBuckets makes a table of up to most buckets that hold burst tokens and get rate in a second of
// the clock now.
func NewBuckets(rate, burst float64, most int, now func() time.Time) *Buckets {
	return &Buckets{rate: rate, burst: burst, most: most, now: now, byKey: map[string]*list.Element{}, recent: list.New()}
}

// Take takes a token of a key. Without one it says how long the next takes.
func (b *Buckets) Take(key string) (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := b.bucket(key)
	if at.tokens < 1 {
		return time.Duration((1 - at.tokens) / b.rate * float64(time.Second)), false
	}
	at.tokens--
	return 0, true
}

// Give gives a token back.
func (b *Buckets) Give(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := b.bucket(key)
	at.tokens = min(b.burst, at.tokens+1)
}

// bucket finds the bucket of a key, filled up to now. b.mu is held.
func (b *Buckets) bucket(key string) *bucket {
	now := b.now()
	if e, ok := b.byKey[key]; ok {
		b.recent.MoveToFront(e)
		at := e.Value.(*bucket) //nolint:forcetypeassert // the list holds nothing else
		at.tokens = min(b.burst, at.tokens+max(0, now.Sub(at.at).Seconds())*b.rate)
		at.at = now
		return at
	}
	if len(b.byKey) >= b.most {
		oldest := b.recent.Back()
		delete(b.byKey, b.recent.Remove(oldest).(*bucket).key) //nolint:forcetypeassert // the list holds nothing else
	}
	at := &bucket{key: key, tokens: b.burst, at: now}
	b.byKey[key] = b.recent.PushFront(at)
	return at
}

// Network is what an address counts as where addresses are limited: an IPv6 address stands for
// its /64, of which one client has all; anything else is itself.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Is4() || ip.Is4In6() {
		return address
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}
