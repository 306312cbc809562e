package override

import (
	"container/list"
	"sync"
)

// Bounds of the outcomes that a configuration keeps. An outcome counts with the size of its key
// and of what it holds; one that is larger than maxOutcome is not kept.
const (
	maxOutcomes     = 1000
	maxOutcomeBytes = 4 << 20
	maxOutcome      = 64 << 10
)

// outcomes keeps the outcomes that were used last, by the values that they come from. Safe for
// concurrent use.
type outcomes struct {
	mu    sync.Mutex
	order *list.List // of *outcome, last used first
	byKey map[string]*list.Element
	bytes int
}

type outcome struct {
	key      string
	endpoint *Endpoint
	bytes    int
}

func newOutcomes() *outcomes {
	return &outcomes{order: list.New(), byKey: map[string]*list.Element{}}
}

// get finds an outcome; nil for none.
func (o *outcomes) get(key []byte) *Endpoint {
	o.mu.Lock()
	defer o.mu.Unlock()
	found, ok := o.byKey[string(key)]
	if !ok {
		return nil
	}
	o.order.MoveToFront(found)
	kept, _ := found.Value.(*outcome)
	return kept.endpoint
}

// put keeps an outcome and forgets what was not used for longest.
func (o *outcomes) put(key string, e *Endpoint) {
	// The texts of the object stand in its JSON and once more in the target.
	size := len(key) + 2*len(e.JSON) + 1<<10
	if size > maxOutcome {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, known := o.byKey[key]; known {
		return // another request was faster
	}
	o.byKey[key] = o.order.PushFront(&outcome{key, e, size})
	for o.bytes += size; o.bytes > maxOutcomeBytes || o.order.Len() > maxOutcomes; {
		oldest := o.order.Back()
		forgotten, _ := o.order.Remove(oldest).(*outcome)
		delete(o.byKey, forgotten.key)
		o.bytes -= forgotten.bytes
	}
}
