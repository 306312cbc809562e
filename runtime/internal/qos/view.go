package qos

import "sync"

// Prefixed is the batch with a text before each of its ids: the name of the endpoint, where an
// operation has several. A batch has one such view for each text, so that the streams that share
// the batch share the view's frames too. A batch without ids is its own view.
//
// A stream knows only the batches that it gave itself: it gets the Origin of a view.
func (b *Batch) Prefixed(prefix string) *Batch {
	if prefix == "" || b.ids == nil {
		return b
	}
	return b.views.get(b, prefix)
}

// Origin is the batch that a view was made of, and any other batch itself.
func (b *Batch) Origin() *Batch {
	if p, ok := b.ids.(*prefixed); ok {
		return p.batch
	}
	return b
}

// prefixed are the ids of a view.
type prefixed struct {
	batch  *Batch
	prefix string
}

// AppendID implements IDs.
func (p *prefixed) AppendID(dst []byte, i int) []byte {
	return p.batch.ids.AppendID(append(dst, p.prefix...), i)
}

type viewCache struct {
	mu    sync.Mutex
	views []*Batch // one or two: a linear search beats a map
}

func (c *viewCache) get(b *Batch, prefix string) *Batch {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, view := range c.views {
		if p, ok := view.ids.(*prefixed); ok && p.prefix == prefix {
			return view
		}
	}
	view := NewBatch(b.records, &prefixed{b, prefix})
	c.views = append(c.views, view)
	return view
}
