package pull

import (
	"slices"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/cursor"
	"github.com/penstock-dev/penstock/runtime/internal/kafka/cluster"
	"github.com/penstock-dev/penstock/runtime/internal/qos"
)

// subject is what a pull reads.
type subject struct {
	names  []string // sorted
	topics map[string]*cluster.Topic
	match  func(name string) bool // of a pattern
	number uint64                 // of the listing that the pattern chose from
}

// start is where the pull begins: at the cursor, else at the committed offsets. A partition
// without one that is higher than every partition with one was created later and begins at its
// start, as does a topic that matches a pattern, while the group has committed others that do; any
// other begins by autoOffsetReset. A committed offset that the log does not have (any more) is the
// oldest.
func start(r qos.Reading, of subject, commits cluster.Commits, from cursor.Cursor) (cursor.Position, error) {
	if err := exist(r, of); err != nil {
		return cursor.Position{}, err
	}
	b := beginning{reset: r.Reset, commits: commits, pattern: of.match != nil, later: of.match != nil && commits.Some(of.topics)}
	if !from.IsZero() {
		present := from.Without(func(name string) bool { return of.match != nil && of.match(name) && of.topics[name] == nil })
		if err := present.Within(of.spans()); err != nil {
			return cursor.Position{}, err
		}
		b.cursor = &from
	}
	var named []cursor.Topic
	var next []int64
	for _, name := range of.names {
		offsets, err := b.topic(name, of.topics[name])
		if err != nil {
			return cursor.Position{}, err
		}
		t := cursor.Topic{Name: name, Partitions: len(offsets)}
		if found := of.topics[name]; found != nil {
			t.ID = found.ID
		}
		named, next = append(named, t), append(next, offsets...)
	}
	return cursor.Position{Layout: cursor.NewListed(named, of.number), Next: next}, nil
}

// exist checks the topics where the reading asks for it.
func exist(r qos.Reading, of subject) error {
	missing := slices.IndexFunc(of.names, func(name string) bool { return of.topics[name] == nil })
	switch {
	case !r.CheckTopic:
	case of.match != nil && len(of.topics) == 0:
		return cluster.NoMatchingTopic(op, r.Pattern.Text)
	case of.match == nil && missing >= 0:
		return cluster.MissingTopic(op, of.names[missing])
	}
	return nil
}

// given is the cursor of a reading; zero at levels without ids.
func given(r qos.Reading) (cursor.Cursor, error) {
	if !r.Level.IDs() {
		return cursor.Cursor{}, nil
	}
	return cursor.Parse(r.Cursor)
}

func (of subject) spans() cursor.Spans {
	spans := make(cursor.Spans, len(of.names))
	for _, name := range of.names {
		spans[name] = nil
		if t := of.topics[name]; t != nil {
			for _, p := range t.Partitions {
				spans[name] = append(spans[name], cursor.Span(p))
			}
		}
	}
	return spans
}

// beginning says where topics begin.
type beginning struct {
	reset   qos.Reset
	commits cluster.Commits
	cursor  *cursor.Cursor // nil: there is none
	pattern bool
	later   bool // topics without a commit were created later than the group
}

func (b *beginning) topic(name string, t *cluster.Topic) ([]int64, error) {
	switch {
	case t != nil:
	case b.cursor != nil && b.pattern: // gone, or only hidden: then it goes on there
		return b.cursor.Resume(name), nil
	default:
		return nil, nil
	}
	highest := -1
	for id := range t.Partitions {
		if _, ok := b.commits.At(name, int32(id)); ok {
			highest = id
		}
	}
	next := make([]int64, len(t.Partitions))
	for id, p := range t.Partitions {
		if b.cursor != nil {
			if at, ok := b.cursor.Next(name, int32(id)); ok {
				next[id] = at
				continue
			}
		}
		offset, ok := b.commits.At(name, int32(id))
		switch {
		case ok && offset >= p.Start && offset <= p.End:
			next[id] = offset
		case ok && b.reset == qos.NoReset:
			return nil, core.NewError(core.CodeNoInitialOffset, "the committed offset is not in the log and autoOffsetReset is none")
		case ok, highest >= 0 && id > highest, highest < 0 && b.later, b.reset == qos.Earliest:
			next[id] = p.Start
		case b.reset == qos.NoReset:
			return nil, core.NewError(core.CodeNoInitialOffset, "the group has no committed offset and autoOffsetReset is none")
		default:
			next[id] = p.Stable
		}
	}
	return next, nil
}
