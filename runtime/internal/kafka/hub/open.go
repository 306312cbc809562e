package hub

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
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
	f, l, err := h.use(ctx, chosen(r))
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
		if l, err = h.lister.list(ctx, f.choice); err != nil {
			return cursor.Position{}, err
		}
	}
	h.observe(l)
	f.heard(l)
	if r.CheckTopic {
		if err := f.exists(l); err != nil {
			return cursor.Position{}, err
		}
	}
	if c.IsZero() {
		return start(l, nil, r.Reset, f.end())
	}
	if err := f.without(c, l).Within(l.spans()); err != nil {
		return cursor.Position{}, err
	}
	return start(l, &c, r.Reset, f.end())
}

// start applies the cursor, and autoOffsetReset where it says nothing.
func start(l *listing, c *cursor.Cursor, reset qos.Reset, feed cursor.Position) (cursor.Position, error) {
	names := l.names
	if l.all != nil && c != nil { // the ring may still have topics that are gone
		names = slices.Concat(names, missing(c.Topics(), names))
		slices.Sort(names)
	}
	var topics []cursor.Topic
	var offsets []int64
	for _, name := range names {
		topic := cursor.Topic{Name: name}
		var next []int64
		if t := l.topics[name]; t != nil {
			var err error
			if next, err = startTopic(name, t, c, reset); err != nil {
				return cursor.Position{}, err
			}
			topic.ID, topic.Partitions = t.ID, len(next)
		} else if l.all != nil {
			topic, next = startGone(name, c, feed)
		}
		topics, offsets = append(topics, topic), append(offsets, next...)
	}
	return cursor.Position{Layout: cursor.NewListed(topics, l.chosen()), Next: offsets}, nil
}

// startGone is where a stream stands in a topic that matches a pattern and is gone: at its cursor,
// else where the feed is.
func startGone(name string, c *cursor.Cursor, feed cursor.Position) (cursor.Topic, []int64) {
	topic := cursor.Topic{Name: name}
	var next []int64
	if c != nil {
		next = c.Resume(name)
	}
	if i := feed.Layout.Index(name); i >= 0 && next == nil {
		topic.ID = feed.Layout.Topics()[i].ID
		for id := range feed.Layout.Topics()[i].Partitions {
			next = append(next, feed.At(i, int32(id)))
		}
	}
	topic.Partitions = len(next)
	return topic, next
}

func startTopic(name string, t *cluster.Topic, c *cursor.Cursor, reset qos.Reset) ([]int64, error) {
	offsets := make([]int64, len(t.Partitions))
	for id, span := range t.Partitions {
		next, ok := int64(0), false
		if c != nil {
			next, ok = c.Next(name, int32(id))
		}
		switch {
		case ok:
		case reset == qos.Earliest:
			next = span.Start
		case reset == qos.NoReset:
			return nil, core.NewError(core.CodeNoInitialOffset,
				fmt.Sprintf("partition %d of topic %q has no position to start from: give a cursor", id, name))
		default:
			next = span.Stable
		}
		offsets[id] = next
	}
	return offsets, nil
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
