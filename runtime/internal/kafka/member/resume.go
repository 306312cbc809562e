package member

import (
	"context"
	"time"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// resumption is the cursor of a connection, which is applied once to each partition that it
// names.
//
// The group may give a connection its partitions in parts: an earlier connection of the same
// client, perhaps to another process, may hold some until the session timeout. Partitions that
// come later than that have moved on without the client, and start at the committed offset.
type resumption struct {
	cursor  cursor.Cursor
	until   time.Time
	applied map[place]struct{}
}

// resumption checks the cursor of a reading. Errors are CodeInvalidCursor and CodeCursorGone,
// and those of a cluster.
func (g *Groups) resumption(ctx context.Context, r qos.Reading) (resumption, error) {
	if !r.Level.IDs() || r.Cursor == "" {
		return resumption{}, nil
	}
	c, err := cursor.Parse(r.Cursor)
	if err != nil {
		return resumption{}, err
	}
	s, err := g.subject(ctx, r)
	if err != nil {
		return resumption{}, err
	}
	present := c.Without(func(name string) bool { // of topics that are gone nothing is left to read
		return r.Pattern != nil && r.Pattern.Match(name) && s.topics[name] == nil
	})
	if err := present.Within(s.spans(c)); err != nil {
		return resumption{}, err
	}
	return resumption{
		cursor: c, until: time.Now().Add(2 * g.cfg.SessionTimeout), applied: make(map[place]struct{}),
	}, nil
}

// spans are what the cursor is checked against. An id names the partitions that were bound to
// its connection: one that it does not name is not missing, and has no gap.
func (s subject) spans(c cursor.Cursor) cursor.Spans {
	all := make(cursor.Spans, len(s.names))
	for _, name := range s.names {
		all[name] = nil
		t := s.topics[name]
		if t == nil {
			continue
		}
		for id, p := range t.Partitions {
			span := cursor.Span{Start: p.Start, Stable: p.Stable, End: p.End}
			if !c.Names(name, int32(id)) {
				span.Start = 0
			}
			all[name] = append(all[name], span)
		}
	}
	return all
}

// resume is where a partition goes on for a connection that gets it, at being where it would go
// on anyway. At at-most-once the cursor only leads forward. Called with the lock held.
func (s *Stream) resume(p *partition, at int64) int64 {
	r := &s.resumes
	key := place{p.topic, p.id}
	if _, applied := r.applied[key]; applied || r.applied == nil || time.Now().After(r.until) {
		return at
	}
	if !r.cursor.Names(p.topic, p.id) {
		return at
	}
	r.applied[key] = struct{}{}
	next, _ := r.cursor.Next(p.topic, p.id)
	if s.level == endpoint.AtMostOnce {
		return max(at, next)
	}
	return next
}

// later reports whether the cursor says that a partition was created after it. Only a group that
// never committed the partition believes it: other partitions of the group are not named either.
func (s *Stream) later(p *partition) bool {
	if s.resumes.applied == nil || s.resumes.cursor.Names(p.topic, p.id) {
		return false
	}
	_, ok := s.resumes.cursor.Next(p.topic, p.id)
	return ok
}
