package hub

import (
	"context"
	"fmt"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// Open starts a stream of level none; it implements qos.Source. Where the stream starts is
// settled before it returns: nothing written afterwards is missed, and at latest nothing written
// before the call is delivered.
func (h *Hub) Open(ctx context.Context, r qos.Reading) (qos.Stream, error) {
	c, err := cursor.Parse(r.Cursor)
	if err != nil {
		return nil, err
	}
	names := sorted(r.Topics)
	f, l, err := h.use(ctx, names)
	if err != nil {
		return nil, err
	}
	at, err := h.resolve(ctx, f, l, c, r)
	if err != nil {
		h.leave(f)
		return nil, err
	}
	s := &stream{hub: h, feed: f, transform: r.Transform, at: at}
	if err := s.begin(ctx); err != nil {
		h.leave(f)
		return nil, err
	}
	return s, nil
}

// resolve finds the position at which a stream starts. A cursor that names every partition needs
// no answer from Kafka when the ring has everything after it, or when it was valid a moment ago:
// should the log have been cut since, the catch-up reader finds out.
func (h *Hub) resolve(ctx context.Context, f *feed, l *listing, c cursor.Cursor, r qos.Reading) (cursor.Position, error) {
	if l == nil && !c.IsZero() {
		if at, ok := f.covers(c); ok {
			return at, nil
		}
		if at, ok := f.recent(c, h.cfg.TopicRefresh); ok {
			return at, nil
		}
	}
	if l == nil {
		var err error
		if l, err = h.lister.list(ctx, f.key, f.names); err != nil {
			return cursor.Position{}, err
		}
	}
	h.observe(l)
	f.heard(l)
	for _, name := range f.names {
		if r.CheckTopic && l.topics[name] == nil {
			return cursor.Position{}, core.NewError(core.CodeTopicNotFound, fmt.Sprintf("topic %q does not exist", name))
		}
	}
	if !c.IsZero() {
		if err := c.Within(l.spans()); err != nil {
			return cursor.Position{}, err
		}
	}
	return start(f.names, l, c, r.Reset)
}

// start applies the cursor, and autoOffsetReset where it says nothing.
func start(names []string, l *listing, c cursor.Cursor, reset qos.Reset) (cursor.Position, error) {
	var offsets []int64
	for _, name := range names {
		t := l.topics[name]
		if t == nil {
			continue
		}
		for id, span := range t.Partitions {
			next, ok := int64(0), false
			if !c.IsZero() {
				next, ok = c.Next(name, int32(id))
			}
			switch {
			case ok:
			case reset == qos.Earliest:
				next = span.Start
			case reset == qos.NoReset:
				return cursor.Position{}, core.NewError(core.CodeNoInitialOffset,
					fmt.Sprintf("partition %d of topic %q has no position to start from: give a cursor", id, name))
			default:
				next = span.Stable
			}
			offsets = append(offsets, next)
		}
	}
	return cursor.Position{Layout: l.layout(), Next: offsets}, nil
}

// covers gives the position of a cursor that names every partition of the feed and lies within
// its ring.
func (f *feed) covers(c cursor.Cursor) (cursor.Position, bool) {
	from, to, ok := f.span()
	if !ok {
		return cursor.Position{}, false
	}
	at, ok := to.Layout.Resolve(c)
	if !ok || !at.Reaches(from) || !to.Reaches(at) {
		return cursor.Position{}, false
	}
	return at, true
}

// recent gives the position of a cursor that names every partition and lies within the log as it
// was listed not longer ago than age.
func (f *feed) recent(c cursor.Cursor, age time.Duration) (cursor.Position, bool) {
	l := f.listed.Load()
	if l == nil || time.Since(l.asked) > age {
		return cursor.Position{}, false
	}
	at, ok := l.layout().Resolve(c)
	return at, ok && c.Within(l.spans()) == nil
}
