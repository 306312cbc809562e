package hub

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// node is one run of records in a feed. Everything but its views is immutable.
type node struct {
	track *cursor.Track
	plain *view // as read; its frames are encoded once for all subscribers
	size  int64

	mu    sync.Mutex
	views []*view
	gone  bool // evicted: what it holds is no longer counted
}

// view is a node as the readers with one transform see it.
type view struct {
	transform *qos.Transform
	batch     *qos.Batch
	err       error // after the records of the batch
	size      int64 // of the records that the transform changed
}

func newNode(track *cursor.Track) *node {
	n := &node{track: track, plain: &view{batch: qos.NewBatch(track.Records(), track)}}
	for _, r := range track.Records() {
		n.size += int64(r.Size())
	}
	// As much again for the encoded frames, which are about as large as the records.
	n.size *= 2
	return n
}

// view runs the transform over the records, once for all readers. grown is the number of bytes
// that the node holds since then.
func (n *node) view(t *qos.Transform) (v *view, grown int64) {
	if t == nil {
		return n.plain, 0
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, v := range n.views {
		if v.transform == t {
			return v, 0
		}
	}
	v = transform(n.track, t)
	n.views = append(n.views, v)
	if n.gone {
		return v, 0
	}
	return v, v.size
}

// drop marks the node as evicted and gives the bytes it was counted with.
func (n *node) drop() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.gone = true
	size := n.size
	for _, v := range n.views {
		size += v.size
	}
	return size
}

// transform applies a transform to the records of a track.
func transform(track *cursor.Track, t *qos.Transform) *view {
	records := track.Records()
	v := &view{transform: t}
	out := make([]*core.Record, 0, len(records))
	for _, r := range records {
		changed, err := apply(t, r)
		if err != nil && !errors.Is(err, core.ErrSkip) {
			v.err = err
			break
		}
		if err != nil {
			changed = nil
		}
		if changed != nil && changed != r {
			v.size += 2 * int64(changed.Size())
		}
		out = append(out, changed)
	}
	v.batch = qos.NewBatch(out, track)
	return v
}

// apply runs one transform. Its result serves many readers, so it has no request's context; a
// panic must not take them all down and becomes an error.
func apply(t *qos.Transform, r *core.Record) (out *core.Record, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = core.Wrap(core.CodeInternal, "subscribe hook", fmt.Errorf("panic: %v", p))
		}
	}()
	return t.Apply(context.Background(), r)
}
